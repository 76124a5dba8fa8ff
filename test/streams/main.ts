/**
 * `npm run test:peers -- [--seeds N] [--first N] [--only NAME] [--keep] [--json]`: each family of operators on Kafka
 * Streams and on Millrace. A failing seed is shrunk and printed; `--keep` also writes it to `kept/`, where `npm test`
 * runs it for ever.
 */
import { parseArgs } from 'node:util'
import { kafkaAvailable } from '../../scripts/kafka.ts'
import { type KafkaStreams, startKafkaStreams } from '../peers/streams-driver/driver.ts'
import type { Case } from './case.ts'
import { families } from './families.ts'
import type { Family } from './family.ts'
import { expectationOf, judge } from './judge.ts'
import { keep } from './recorded.ts'
import { compareFamily, type FamilyResult, shrinkFailure } from './seeds.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '500' },
    first: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const [seeds, first] = [Number(values.seeds), Number(values.first)]
const asked = families.filter(({ name }) => values.only === '' || name === values.only)
if (!(Number.isSafeInteger(seeds) && seeds > 0 && Number.isSafeInteger(first)) || asked.length === 0) {
  console.error('npm run test:peers -- [--seeds N] [--first N] [--only NAME] [--keep] [--json]')
  process.exit(2)
}
const lacking = kafkaAvailable()
if (lacking !== null) {
  console.error(`Kafka Streams cannot be started: ${lacking}`)
  process.exit(1)
}

/** Where the small case differs. */
async function explained(family: Family, about: Case, peer: KafkaStreams): Promise<string> {
  const { difference } = judge(family, about, await expectationOf(family, about, peer))
  if (difference === null) return ''
  const { expected, got } = difference
  const place = 'step' in difference ? `step ${difference.step}` : `store ${difference.store}`
  return `${place}: expected ${JSON.stringify(expected)}\n         got ${JSON.stringify(got)}`
}

const peer = startKafkaStreams()
const results: FamilyResult[] = []
for (const family of asked) {
  const result = await compareFamily(family, peer, first, seeds)
  results.push(result)
  const { operator, equal, documented, different } = result.tally
  console.error(`${operator}: ${equal} equal, ${documented} documented, ${different} different`)
  if (result.worst !== null) {
    const small = await shrinkFailure(family, peer, result.worst)
    console.error(`seed ${result.worst.seed}: ${result.worst.error?.stack ?? ''}\n${JSON.stringify(small)}`)
    console.error(await explained(family, small, peer))
    if (values.keep) console.error(`kept in ${await keep(family, small, result.worst.seed, peer)}`)
  }
}
await peer.close()
const tallies = results.map(({ tally }) => tally)
if (values.json) console.log(JSON.stringify(tallies))
process.exitCode = tallies.some(({ different }) => different > 0) ? 1 : 0
