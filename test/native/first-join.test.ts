/** A first join has patience with a coordinator that can't be reached; one that answers is only busy with others. */
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker, VirtualClock } from '../../src/broker/index.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { seededRandom } from '../../src/random.ts'
import { errorCode } from '../../src/wire/errors.ts'

const { delay, error } = faultActions
const requestTimeout = 1_000
const place = { topic: 't', partition: 0 }

let broker: EmbeddedBroker
let kafka: Kafka
let clock: VirtualClock

afterEach(async () => {
  await clock.until(kafka.close())
  await broker.close()
})

/** How often it was told so before it was let in. */
async function joinAgainst(code: number): Promise<number> {
  clock = new VirtualClock()
  broker = await startBroker({ inProcess: true, clock, random: seededRandom(1) })
  const { socketFactory, addresses } = broker
  kafka = connectKafka({ brokers: [addresses], socketFactory, requestTimeout }, { clock, random: seededRandom(2) })
  await clock.until(kafka.connect())
  await clock.until(kafka.topics.create([{ name: place.topic, partitions: 1 }]))
  const refused = broker.faults.interceptEach({ api: 'SyncGroup', times: 6 }, [
    [delay(requestTimeout / 2), error(code)],
  ])
  const membership = await clock.until(
    kafka.join('g', {
      topics: [place.topic],
      protocolName: 'test',
      claim: () => ({ owned: [], userData: new Uint8Array(0) }),
      assign: async (members) =>
        new Map(members.map(({ memberId }) => [memberId, { partitions: [place], userData: new Uint8Array(0) }])),
      assigned: async () => 'stay' as const,
      lost: () => undefined,
    }),
  )
  await clock.until(membership.leave())
  return refused.hits
}

describe('a first join that lasts longer than a request may', () => {
  it.each(['REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'] as const)(
    'goes on where the coordinator answers %s',
    async (reason) => {
      expect(await joinAgainst(errorCode[reason])).toBe(6)
    },
  )
})
