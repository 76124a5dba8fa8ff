/** `npm run fuzz -- [--seconds N] [--seed N] [--json]`: broker and client in turn, half of the time each. */
import { parseArgs } from 'node:util'
import { fuzzBroker } from './broker.ts'
import { fuzzClient } from './client.ts'

/** Code that is compiled on the way is held as well. */
const growthAllowedMb = 16

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const limits = {
  seed: Number(values.seed),
  cases: Number.POSITIVE_INFINITY,
  milliseconds: (Number(values.seconds) / 2) * 1000,
}
if (!(limits.milliseconds > 0) || !Number.isSafeInteger(limits.seed)) {
  console.error('npm run fuzz -- [--seconds N] [--seed N] [--json]')
  process.exit(2)
}
const results = [await fuzzBroker(limits), await fuzzClient(limits)]
for (const problem of results.flatMap(({ crashes, hangs }) => [...crashes, ...hangs])) console.error(problem)
const summary = {
  cases: sum(results.map(({ cases }) => cases)),
  crashes: sum(results.map(({ crashes }) => crashes.length)),
  hangs: sum(results.map(({ hangs }) => hangs.length)),
  growthMb: Math.round(Math.max(...results.map(({ growthMb }) => growthMb)) * 10) / 10,
}
console.log(
  values.json
    ? JSON.stringify(summary)
    : `${summary.cases} cases, ${summary.crashes} crashes, ${summary.hangs} hangs, ${summary.growthMb} MB more held`,
)
process.exitCode = summary.crashes + summary.hangs > 0 || summary.growthMb > growthAllowedMb ? 1 : 0

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
