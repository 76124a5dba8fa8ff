/** One of several threads: works what it is told, round by round. */
import { parentPort } from 'node:worker_threads'
import { runInside } from '../../scripts/tools/inside/run-inside.ts'
import { measuredOf, type ThreadOrder } from './measure-threads.ts'
import { works } from './works.ts'

parentPort!.on('message', async ({ work, terms }: ThreadOrder) => {
  parentPort!.postMessage(measuredOf(await runInside(works[work]!, terms)))
})
