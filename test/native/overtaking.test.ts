/** What comes while something else is being settled must not be mixed up with it. */
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedBroker, faultActions, type Interception, startBroker } from '../../src/broker/index.ts'
import type { NativeConfig } from '../../src/kafka/native/config.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { batchOf, connected, errorOf, settled, valuesOf } from '../contracts/tools.ts'

const place = { topic: 't', partition: 0 }
const turnsPerChunk = 100

let broker: EmbeddedBroker
let kafka: Kafka

afterEach(async () => {
  await kafka.close()
  await broker.close()
})

async function begin(config: Partial<NativeConfig> = {}): Promise<void> {
  broker = await startBroker()
  kafka = await connected(broker.addresses, config)
  await kafka.topics.create([{ name: place.topic, partitions: 1 }])
}

/** Sockets that let `each` be called in every turn of what an arrival sets in motion. */
function watched(each: () => void): NonNullable<NativeConfig['socketFactory']> {
  const spin = async (): Promise<void> => {
    for (let turn = 0; turn < turnsPerChunk; turn++) {
      each()
      await null
    }
  }
  return ({ host, port, onConnect }) => connect({ host, port, noDelay: true }, onConnect).on('data', () => void spin())
}

it('a batch that comes when the producer id does stands behind those that waited for it', async () => {
  const wanted: string[] = []
  const appended: Promise<unknown>[] = []
  let append = (): void => undefined
  await begin({ socketFactory: watched(() => append()) })
  const producer = kafka.producer()
  append = () => {
    if (wanted.length >= 3 * turnsPerChunk) return
    const value = String(wanted.push(String(wanted.length)) - 1)
    appended.push(producer.append(place, batchOf(value)))
  }
  append()
  append()
  while (wanted.length < 3 * turnsPerChunk) await new Promise((resolve) => setImmediate(resolve))
  await Promise.all(appended)
  expect(await valuesOf(kafka, place)).toEqual(wanted)
})

describe('positions on their way while the id starts anew', () => {
  it.each([
    ['before its coordinator is known', false],
    ['behind others', true],
  ])('are refused, and the new beginning stands (%s)', async (_, isKnown) => {
    await begin()
    const transactions = kafka.transactions('writer', { timeout: { seconds: 20 } })
    await transactions.init()
    const match = { api: 'TxnOffsetCommit', transactionalId: 'writer' }
    const refuse = (): Interception =>
      broker.faults.intercept(match, faultActions.error(errorCode.REBALANCE_IN_PROGRESS))
    const member = { group: 'g', memberId: 'm', generation: 1, instanceId: null }
    const positions = [{ ...place, offset: 1 }]
    if (isKnown) {
      refuse()
      await errorOf(transactions.offsets(member, positions))
      await transactions.abort()
      refuse()
    }
    const late = errorOf(transactions.offsets(member, positions))
    await transactions.init()
    expect((await late)?.reason).toBe(isKnown ? 'REBALANCE_IN_PROGRESS' : 'INVALID_PRODUCER_EPOCH')
    await transactions.append(place, batchOf('after'))
    await transactions.commit()
    await settled(kafka, place)
    expect(await valuesOf(kafka, place)).toEqual(['after'])
  })
})
