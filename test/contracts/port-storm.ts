/** A consumer that answers each input with an output, once, while connections break at random. */
import { describe, expect, it } from 'vitest'
import { KafkaError, type Membership, type Transactions } from '../../src/kafka/port.ts'
import { seededRandom } from '../../src/random.ts'
import type { TopicPartition } from '../../src/record.ts'
import { Produce } from '../../src/wire/apis/00-produce.ts'
import { OffsetFetch } from '../../src/wire/apis/09-offset-fetch.ts'
import { InitProducerId } from '../../src/wire/apis/22-init-producer-id.ts'
import { AddPartitionsToTxn } from '../../src/wire/apis/24-add-partitions-to-txn.ts'
import { AddOffsetsToTxn } from '../../src/wire/apis/25-add-offsets-to-txn.ts'
import { EndTxn } from '../../src/wire/apis/26-end-txn.ts'
import { TxnOffsetCommit } from '../../src/wire/apis/28-txn-offset-commit.ts'
import { soleMember } from './members.ts'
import { type Cut, startProxy } from './proxy.ts'
import { type Bench, batchOf, settled, unique, valuesOf } from './tools.ts'

const steps = 60
const second = [Produce, OffsetFetch, TxnOffsetCommit, EndTxn, InitProducerId]
const first = [...second, AddPartitionsToTxn, AddOffsetsToTxn]

export function stormContract(bench: Bench): void {
  describe('a storm of lost connections', () => {
    it.each([1, 2])('leaves every output exactly once and in order (seed %i)', async (seed) => {
      const random = seededRandom(seed)
      const topic = await bench.topic(2)
      const [input, output] = [0, 1].map((partition) => ({ topic, partition })) as [TopicPartition, TopicPartition]
      const group = unique('group')
      const member = await soleMember(bench.kafka, group, topic)
      const proxy = await startProxy(bench.broker.brokers)
      const kafka = await bench.client(proxy.address)
      const transactions = kafka.transactions(unique('tx'), { timeout: { seconds: 20 } })
      const apis = bench.features.protocol === 2 ? second : first
      const cuts: Cut[] = []
      const position = async () => Math.max(0, (await kafka.positions(group, [input]))[0]!.offset)
      await transactions.init()
      for (let at = 0; at < steps; at = await position()) {
        if (random.next() < 0.4) {
          const api = apis[Math.floor(random.next() * apis.length)]!
          cuts.push(random.next() < 0.5 ? proxy.cutRequest(api) : proxy.cutAnswer(api))
        }
        await step(transactions, member, input, output, at, random.next() < 0.1)
      }
      await transactions.close()
      await settled(bench.kafka, output)
      expect(await valuesOf(bench.kafka, output)).toEqual(Array.from({ length: steps }, (_, n) => `${n}`))
      expect(cuts.filter(({ hits }) => hits > 0).length).toBeGreaterThan(10)
      await member.leave()
      await proxy.close()
    })
  })
}

/** One transaction, and what rule R5 asks for when it fails. */
async function step(
  transactions: Transactions,
  member: Membership,
  input: TopicPartition,
  output: TopicPartition,
  at: number,
  changesItsMind: boolean,
): Promise<void> {
  try {
    void transactions.append(output, batchOf(`${at}`))
    await transactions.offsets(member, [{ ...input, offset: at + 1 }])
    await (changesItsMind ? transactions.abort() : transactions.commit())
  } catch (error) {
    await recover(transactions, error)
  }
}

async function recover(transactions: Transactions, error: unknown): Promise<void> {
  if (!(error instanceof KafkaError)) throw error
  try {
    if (error.fault === 'abortable' || error.fault === 'rejected') await transactions.abort()
    else await transactions.init()
  } catch (again) {
    await recover(transactions, again)
  }
}
