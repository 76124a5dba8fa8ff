/** `npm run differential -- [--seeds N] [--first N] [--json]`: half of the seeds under each transaction protocol. */
import { parseArgs } from 'node:util'
import { kafkaAvailable } from '../../scripts/kafka.ts'
import { withBrokers } from './brokers.ts'
import { compareSeeds } from './compare.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const seeds = Number(values.seeds)
const first = Number(values.first)
if (!(Number.isSafeInteger(seeds) && seeds > 0 && Number.isSafeInteger(first))) {
  console.error('npm run differential -- [--seeds N] [--first N] [--json]')
  process.exit(2)
}
const lacking = kafkaAvailable()
if (lacking !== null) {
  console.error(`Apache Kafka cannot be started: ${lacking}`)
  process.exit(1)
}
const half = Math.ceil(seeds / 2)
const comparisons = [
  await withBrokers(2, (brokers) => compareSeeds(brokers, first, half)),
  await withBrokers(0, (brokers) => compareSeeds(brokers, first + half, seeds - half)),
]
const differences = comparisons.flatMap((comparison) => comparison.differences)
for (const { seed, step, kafka, embedded, explained } of differences) {
  console.error(
    `seed ${seed}, step ${step}${explained === null ? '' : ` (${explained})`}\n  Kafka:    ${kafka}\n  embedded: ${embedded}`,
  )
}
const unexplained = differences.filter(({ explained }) => explained === null).length
const summary = {
  seeds,
  requests: comparisons.reduce((total, { requests }) => total + requests, 0),
  differences: unexplained,
  explained: differences.length - unexplained,
}
console.log(
  values.json
    ? JSON.stringify(summary)
    : `${seeds} seeds, ${summary.requests} requests, ${unexplained} unexplained differences, ${summary.explained} explained`,
)
process.exitCode = unexplained > 0 ? 1 : 0
