/** Lost requests and lost answers: unknown is never taken for failed, and nothing is written twice. */
import { describe, expect, it } from 'vitest'
import { Produce } from '../../src/wire/apis/00-produce.ts'
import { Fetch } from '../../src/wire/apis/01-fetch.ts'
import { ListOffsets } from '../../src/wire/apis/02-list-offsets.ts'
import { EndTxn } from '../../src/wire/apis/26-end-txn.ts'
import { TxnOffsetCommit } from '../../src/wire/apis/28-txn-offset-commit.ts'
import type { Api } from '../../src/wire/schema.ts'
import { soleMember } from './members.ts'
import { type Cut, type KafkaProxy, startProxy } from './proxy.ts'
import { type Bench, batchOf, faultOf, settled, unique, valuesOf } from './tools.ts'

type Side = 'cutRequest' | 'cutAnswer'

const timeout = { seconds: 20 }

export function lossContract(bench: Bench): void {
  const behindProxy = async (work: (proxy: KafkaProxy, brokers: string) => Promise<void>) => {
    const proxy = await startProxy(bench.broker.brokers)
    try {
      await work(proxy, proxy.address)
    } finally {
      await proxy.close()
    }
  }
  const sides: readonly Side[] = ['cutRequest', 'cutAnswer']

  describe('a lost connection', () => {
    it('makes reads slower, nothing else', () =>
      behindProxy(async (proxy, brokers) => {
        const place = { topic: await bench.topic(), partition: 0 }
        const kafka = await bench.client(brokers)
        const producer = bench.kafka.producer()
        await producer.append(place, batchOf('a', 'b'))
        const cuts = sides.flatMap((side) => [proxy[side](Fetch), proxy[side](ListOffsets)])
        expect(await valuesOf(kafka, place)).toEqual(['a', 'b'])
        await producer.append(place, batchOf('c'))
        expect(await valuesOf(kafka, place)).toEqual(['a', 'b', 'c'])
        expect(cuts.map(({ hits }) => hits)).toEqual([1, 1, 1, 1])
        await producer.close()
      }))

    it.each(sides)('never doubles or reorders what a producer appends (%s)', (side) =>
      behindProxy(async (proxy, brokers) => {
        const place = { topic: await bench.topic(), partition: 0 }
        const producer = (await bench.client(brokers)).producer()
        await producer.append(place, batchOf('0'))
        const cuts: Cut[] = []
        const values = ['0']
        for (let round = 0; round < 5; round++) {
          cuts.push(proxy[side](Produce))
          const batches = Array.from({ length: 12 }, (_, n) => `${round} ${n}`)
          await Promise.all(batches.map((value) => producer.append(place, batchOf(value))))
          values.push(...batches)
        }
        expect(cuts.map(({ hits }) => hits)).toEqual([1, 1, 1, 1, 1])
        expect(await valuesOf(bench.kafka, place)).toEqual(values)
        await producer.close()
      }),
    )
  })

  // Said by the suite, with the reason.
  if (!bench.declared.features.exactlyOnce) return

  describe('a transaction whose request or answer is lost', () => {
    /** Runs one transaction with the cut in its way, settles what is unknown, and runs another one. */
    const run = async (proxy: KafkaProxy, brokers: string, api: Api, side: Side, end: 'commit' | 'abort') => {
      const place = { topic: await bench.topic(), partition: 0 }
      const kafka = await bench.client(brokers)
      const group = unique('group')
      const member = await soleMember(bench.kafka, group, place.topic)
      const transactions = kafka.transactions(unique('tx'), { timeout })
      await transactions.init()
      // The first one opens the connections; the loss hits the second.
      await transactions.append(place, batchOf('before'))
      await transactions.commit()
      await settled(bench.kafka, place)
      const cut = proxy[side](api)
      const outcome = await faultOf(
        (async () => {
          await transactions.append(place, batchOf('during'))
          await transactions.offsets(member, [{ ...place, offset: 5 }])
          await transactions[end]()
        })(),
      )
      if (outcome === 'unknown-outcome' || outcome === 'fenced') await transactions.init()
      else if (outcome !== 'none') await transactions.abort()
      await transactions.append(place, batchOf('after'))
      await transactions.commit()
      await settled(bench.kafka, place)
      const values = await valuesOf(bench.kafka, place)
      const position = (await bench.kafka.positions(group, [place]))[0]?.offset
      await transactions.close()
      await member.leave()
      expect(cut.hits).toBe(1)
      return { outcome, values, position }
    }
    const committed = { values: ['before', 'during', 'after'], position: 5 }
    const aborted = { values: ['before', 'after'], position: -1 }
    const isSecond = bench.features.protocol === 2

    it('commits once when only the answer to the commit is lost', () =>
      behindProxy(async (proxy, brokers) => {
        const outcome = isSecond ? 'none' : 'unknown-outcome'
        expect(await run(proxy, brokers, EndTxn, 'cutAnswer', 'commit')).toEqual({ outcome, ...committed })
      }))

    it('is committed or unknown when the commit is lost on its way, never both', () =>
      behindProxy(async (proxy, brokers) => {
        const expected = isSecond ? { outcome: 'none', ...committed } : { outcome: 'unknown-outcome', ...aborted }
        expect(await run(proxy, brokers, EndTxn, 'cutRequest', 'commit')).toEqual(expected)
      }))

    it.each(sides)('is aborted when the abort is lost (%s)', (side) =>
      behindProxy(async (proxy, brokers) => {
        const outcome = isSecond ? 'none' : 'unknown-outcome'
        expect(await run(proxy, brokers, EndTxn, side, 'abort')).toEqual({ outcome, ...aborted })
      }),
    )

    it.each(sides)('goes on under protocol 2 and is unknown under 1 when Produce is lost (%s)', (side) =>
      behindProxy(async (proxy, brokers) => {
        const expected = isSecond ? { outcome: 'none', ...committed } : { outcome: 'unknown-outcome', ...aborted }
        expect(await run(proxy, brokers, Produce, side, 'commit')).toEqual(expected)
      }),
    )

    it.each(sides)('goes on under protocol 2 and is unknown under 1 when TxnOffsetCommit is lost (%s)', (side) =>
      behindProxy(async (proxy, brokers) => {
        const expected = isSecond ? { outcome: 'none', ...committed } : { outcome: 'unknown-outcome', ...aborted }
        expect(await run(proxy, brokers, TxnOffsetCommit, side, 'commit')).toEqual(expected)
      }),
    )
  })
}
