/**
 * `npm run sim -- --seeds N [--from S] [--no-shrink] [--json]`: the project's own topologies in the simulated world, a seed
 * after another on all cores. The last line is `{seeds, failures, virtualSeconds, realSeconds, hits}`; exit code 1 where a
 * seed failed.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { describeFailed } from '../../src/testing/index.ts'
import { runParts } from './parts.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    'no-shrink': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

const began = performance.now()
const tally = await runParts({
  seeds: Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.from) + index),
  threads: availableParallelism(),
  shrinks: !values['no-shrink'],
  failed: (failed) => console.error(describeFailed(failed, 'test/simulation/topologies.ts')),
})
const result = {
  ...tally,
  virtualSeconds: Math.round(tally.virtualSeconds),
  realSeconds: Math.round(performance.now() - began) / 1_000,
}
if (!values.json) {
  for (const [fault, count] of Object.entries(tally.hits)) console.error(`${fault.padEnd(28)} ${count}`)
  console.error(`${Math.round(result.virtualSeconds / result.realSeconds)} × real time`)
}
console.log(JSON.stringify(result))
process.exitCode = tally.failures > 0 ? 1 : 0
