/**
 * `npm run canaries [-- --json] [--seeds 500] [CANARY…]`: plants each bug in turn, in a throw-away copy, and simulates seed
 * after seed until one fails. The judges are not touched: those of the tree as it is judge all copies, since a bug in a
 * fold would else be in what it is compared with.
 */
import { parseArgs } from 'node:util'
import { Copy } from '../must-fail/copy.ts'
import { canaries } from './canaries.ts'
import type { Verdict } from './canary.ts'
import { catchCanary } from './catch.ts'
import { keepJudges } from './judges.ts'

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, seeds: { type: 'string', default: '500' } },
  allowPositionals: true,
})
const chosen =
  positionals.length === 0 ? canaries : canaries.filter(({ name }) => positionals.some((word) => name.includes(word)))
if (chosen.length === 0) {
  console.error(`There is no such canary; there are:\n${canaries.map(({ name }) => `  ${name}`).join('\n')}`)
  process.exit(2)
}
const copy = new Copy()
process.once('exit', () => copy.remove())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
keepJudges(copy.folder)

const verdicts: Verdict[] = []
for (const canary of chosen) {
  verdicts.push(await catchCanary(copy, canary, Number(values.seeds), (remark) => console.error(remark)))
}
if (values.json) console.log(JSON.stringify(verdicts))
process.exitCode = verdicts.every(({ caughtAtSeed }) => caughtAtSeed !== null) ? 0 : 1
