/** Preloaded into a worker (`node --import`): writes the wall time of each commit's end to the file BENCH_COMMIT_TIMES. */
import { appendFileSync } from 'node:fs'
import { systemClock } from '../../scripts/tools/world.ts'
import { subscribe } from '../../src/index.ts'

const file = process.env.BENCH_COMMIT_TIMES
if (file) subscribe('commit.ended', () => appendFileSync(file, `${systemClock.now()}\n`))
