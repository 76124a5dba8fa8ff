/** Transactions: all or nothing, one owner, positions included. */
import { describe, expect, it } from 'vitest'
import type { Kafka, Membership, Transactions } from '../../src/kafka/port.ts'
import type { TopicPartition } from '../../src/record.ts'
import { soleMember, standIn } from './members.ts'
import { type Bench, batchOf, endOf, errorOf, faultOf, readUpTo, settled, unique, until, valuesOf } from './tools.ts'

const timeout = { seconds: 20 }

export function transactionContract(bench: Bench): void {
  const begin = async (id: string = unique('tx'), kafka: Kafka = bench.kafka): Promise<Transactions> => {
    const transactions = kafka.transactions(id, { timeout })
    await transactions.init()
    return transactions
  }

  describe('a transaction', () => {
    it('uses the protocol that the broker has', async () => {
      const transactions = await begin()
      expect(transactions.protocol).toBe(bench.features.protocol)
      await transactions.close()
    })

    it('shows what it committed and hides what it aborted', async () => {
      const topic = await bench.topic(2)
      const [one, two] = [0, 1].map((partition) => ({ topic, partition }))
      const transactions = await begin()
      for (const [round, end] of (['commit', 'abort', 'commit', 'abort', 'commit'] as const).entries()) {
        expect(transactions.open).toBe(false)
        const appended = [
          transactions.append(one!, batchOf(`a${round}`)),
          transactions.append(two!, batchOf(`b${round}`)),
        ]
        expect(transactions.open).toBe(true)
        await Promise.all(appended)
        await transactions[end]()
      }
      await settled(bench.kafka, one!)
      await settled(bench.kafka, two!)
      expect(await valuesOf(bench.kafka, one!)).toEqual(['a0', 'a2', 'a4'])
      expect(await valuesOf(bench.kafka, two!)).toEqual(['b0', 'b2', 'b4'])
      expect(await valuesOf(bench.kafka, one!, 'read_uncommitted')).toEqual(['a0', 'a1', 'a2', 'a3', 'a4'])
      await transactions.close()
    })

    it('waits in commit for appends nobody awaited', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const transactions = await begin()
      for (let n = 0; n < 50; n++) void transactions.append(place, batchOf(`${n}`))
      await transactions.commit()
      await settled(bench.kafka, place)
      expect(await valuesOf(bench.kafka, place)).toEqual(Array.from({ length: 50 }, (_, n) => `${n}`))
      await transactions.close()
    })

    it('may be aborted while appends are on their way, and the next one is whole', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const transactions = await begin()
      for (let round = 0; round < 5; round++) {
        for (let n = 0; n < 30; n++) void transactions.append(place, batchOf(`lost ${round} ${n}`))
        await transactions.abort()
        for (let n = 0; n < 3; n++) void transactions.append(place, batchOf(`${round} ${n}`))
        await transactions.commit()
      }
      await settled(bench.kafka, place)
      const expected = Array.from({ length: 15 }, (_, n) => `${Math.floor(n / 3)} ${n % 3}`)
      expect(await valuesOf(bench.kafka, place)).toEqual(expected)
      await transactions.close()
    })

    it('holds readers of committed data back while it is open', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const transactions = await begin()
      await transactions.append(place, batchOf('open'))
      expect(await endOf(bench.kafka, place, 'stable')).toBe(0)
      expect(await endOf(bench.kafka, place, 'end')).toBe(1)
      const fetcher = bench.kafka.fetcher({ isolation: 'read_committed' })
      fetcher.seek(place, 0)
      const early = await fetcher.poll({ seconds: 5 })
      expect(early.map(({ batches, lastStableOffset }) => [batches.length, lastStableOffset])).toEqual([[0, 0]])
      await transactions.commit()
      const [part] = (await readUpTo(fetcher, [{ ...place, offset: 2 }])).slice(-1)
      expect(part!.nextOffset).toBe(2)
      await fetcher.close()
      await transactions.close()
    })

    it('without anything in it ends without a word', async () => {
      const transactions = await begin()
      await transactions.commit()
      await transactions.abort()
      expect(transactions.open).toBe(false)
      await transactions.close()
    })

    it('with a batch that is refused can only be aborted, and then goes on', async () => {
      const place = { topic: await bench.topic(1, { 'max.message.bytes': '2000' }), partition: 0 }
      const transactions = await begin()
      await transactions.append(place, batchOf('lost'))
      expect(await faultOf(transactions.append(place, batchOf('x'.repeat(5_000))))).toBe('rejected')
      expect(await faultOf(transactions.append(place, batchOf('also lost')))).toBe('abortable')
      expect(await faultOf(transactions.commit())).toBe('abortable')
      await transactions.abort()
      await transactions.append(place, batchOf('kept'))
      await transactions.commit()
      await settled(bench.kafka, place)
      expect(await valuesOf(bench.kafka, place)).toEqual(['kept'])
      await transactions.close()
    })

    it('whose first batch is refused can be aborted as well', async () => {
      const place = { topic: await bench.topic(1, { 'max.message.bytes': '2000' }), partition: 0 }
      const transactions = await begin()
      expect(await faultOf(transactions.append(place, batchOf('x'.repeat(5_000))))).toBe('rejected')
      await transactions.abort()
      await transactions.append(place, batchOf('kept'))
      await transactions.commit()
      await settled(bench.kafka, place)
      expect(await valuesOf(bench.kafka, place)).toEqual(['kept'])
      await transactions.close()
    })

    it('says in which state it is', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const id = unique('tx')
      const transactions = await begin(id)
      await transactions.append(place, batchOf('one'))
      expect((await bench.kafka.admin.transactions.describe([id])).get(id)).toBe('Ongoing')
      await transactions.commit()
      await settled(bench.kafka, place)
      const nobody = unique('nobody')
      expect((await bench.kafka.admin.transactions.describe([nobody])).get(nobody)).toBe(null)
      await transactions.close()
    })
  })

  describe('aborted data', () => {
    it('of overlapping transactions is hidden, in whatever order they ended', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const owners = await Promise.all([begin(), begin(), begin()])
      const [first, second, third] = owners as [Transactions, Transactions, Transactions]
      await first.append(place, batchOf('lost 1'))
      await second.append(place, batchOf('lost 2'))
      await third.append(place, batchOf('kept 3'))
      await first.append(place, batchOf('lost 4'))
      await second.append(place, batchOf('lost 5'))
      // The markers come in another order than the first offsets.
      await second.abort()
      await ends(bench.kafka, place, 6)
      await first.abort()
      await ends(bench.kafka, place, 7)
      await third.commit()
      await settled(bench.kafka, place)
      await first.append(place, batchOf('kept 9'))
      await first.commit()
      await settled(bench.kafka, place)
      expect(await valuesOf(bench.kafka, place)).toEqual(['kept 3', 'kept 9'])
      for (const owner of owners) await owner.close()
    })

    it('is hidden also where reading begins behind its first batch', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const transactions = await begin()
      await transactions.append(place, batchOf('lost 0'))
      await transactions.append(place, batchOf('lost 1'))
      await transactions.abort()
      await transactions.append(place, batchOf('kept 3'))
      await transactions.commit()
      await settled(bench.kafka, place)
      const fetcher = bench.kafka.fetcher({ isolation: 'read_committed' })
      fetcher.seek(place, 1)
      const fetched = await readUpTo(fetcher, [{ ...place, offset: 5 }])
      expect(fetched.flatMap(({ batches }) => batches).map(({ baseOffset }) => baseOffset)).toEqual([3])
      await fetcher.close()
      await transactions.close()
    })
  })

  describe('a second owner of a transactional id', () => {
    it('fences the first, whose open transaction is aborted', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const id = unique('tx')
      const first = await begin(id)
      await first.append(place, batchOf('lost'))
      const second = await begin(id, await bench.client())
      await second.append(place, batchOf('kept'))
      expect(await faultOf(first.append(place, batchOf('stray')))).toBe('fenced')
      expect(await faultOf(first.commit())).toBe('fenced')
      await second.commit()
      await settled(bench.kafka, place)
      expect(await valuesOf(bench.kafka, place)).toEqual(['kept'])
      await first.close()
      await second.close()
    })

    it('fences a first owner that only wants to commit', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const id = unique('tx')
      const first = await begin(id)
      await first.append(place, batchOf('lost'))
      const second = await begin(id, await bench.client())
      expect(await faultOf(first.commit())).toBe('fenced')
      await first.init()
      await first.append(place, batchOf('back'))
      await first.commit()
      await settled(bench.kafka, place)
      expect(await valuesOf(bench.kafka, place)).toEqual(['back'])
      await first.close()
      await second.close()
    })
  })

  describe('a transaction that takes too long', () => {
    it('is aborted by the broker, and its owner begins anew', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const transactions = bench.kafka.transactions(unique('tx'), { timeout: { milliseconds: 500 } })
      await transactions.init()
      await transactions.append(place, batchOf('lost'))
      await ends(bench.kafka, place, 2)
      await settled(bench.kafka, place)
      expect(await faultOf(transactions.commit())).toBe('fenced')
      await transactions.init()
      await transactions.append(place, batchOf('kept'))
      await transactions.commit()
      await settled(bench.kafka, place)
      expect(await valuesOf(bench.kafka, place)).toEqual(['kept'])
      await transactions.close()
    })
  })

  describe('positions in a transaction', () => {
    const setUp = async () => {
      const topic = await bench.topic(2)
      const group = unique('group')
      const member = await soleMember(bench.kafka, group, topic)
      return { topic, group, member, place: { topic, partition: 0 }, transactions: await begin() }
    }

    it('move with it, and not without it', async () => {
      const { group, member, place, transactions } = await setUp()
      const position = async () => (await bench.kafka.positions(group, [place]))[0]?.offset
      expect(await position()).toBe(-1)
      await transactions.offsets(member, [{ ...place, offset: 7 }])
      await transactions.commit()
      expect(await position()).toBe(7)
      await transactions.append(place, batchOf('lost'))
      await transactions.offsets(member, [{ ...place, offset: 9 }])
      await transactions.abort()
      expect(await position()).toBe(7)
      for (let offset = 10; offset < 40; offset++) {
        await transactions.offsets(member, [{ ...place, offset }])
        await transactions.commit()
        expect(await position()).toBe(offset)
      }
      await transactions.close()
      await member.leave()
    })

    it('are waited for while they are pending', async () => {
      const { group, member, place, transactions } = await setUp()
      await transactions.offsets(member, [{ ...place, offset: 7 }])
      let isRead = false
      const reading = (await bench.client()).positions(group, [place]).then(([position]) => {
        isRead = true
        return position?.offset
      })
      const other = { topic: place.topic, partition: 1 }
      expect((await bench.kafka.positions(group, [other]))[0]?.offset).toBe(-1)
      expect(isRead).toBe(false)
      await transactions.commit()
      expect(await reading).toBe(7)
      await transactions.close()
      await member.leave()
    })

    it('of a zombie are refused, its transaction can be aborted, and its next one works', async () => {
      const { group, member, place, transactions } = await setUp()
      const zombie: Membership = standIn(member)
      await transactions.append(place, batchOf('lost'))
      const heir = await soleMember(await bench.client(), group, place.topic)
      expect(heir.generation).toBeGreaterThan(zombie.generation)
      const error = await errorOf(transactions.offsets(zombie, [{ ...place, offset: 5 }]))
      expect([error?.fault, error?.reason]).toEqual(['fenced', 'ILLEGAL_GENERATION'])
      expect(await faultOf(transactions.commit())).not.toBe('none')
      await transactions.abort()
      expect((await bench.kafka.positions(group, [place]))[0]?.offset).toBe(-1)
      await transactions.append(place, batchOf('kept'))
      await transactions.offsets(heir, [{ ...place, offset: 6 }])
      await transactions.commit()
      expect((await bench.kafka.positions(group, [place]))[0]?.offset).toBe(6)
      await settled(bench.kafka, place)
      expect(await valuesOf(bench.kafka, place)).toEqual(['kept'])
      await member.leave()
      await heir.leave()
      await transactions.close()
    })

    it('of a member that has left are refused', async () => {
      const { member, place, transactions } = await setUp()
      const gone = standIn(member)
      await member.leave()
      const error = await errorOf(transactions.offsets(gone, [{ ...place, offset: 5 }]))
      expect([error?.fault, error?.reason]).toEqual(['fenced', 'UNKNOWN_MEMBER_ID'])
      await transactions.abort()
      await transactions.close()
    })
  })
}

async function ends(kafka: Kafka, place: TopicPartition, offset: number): Promise<void> {
  await until(`${place.topic} ends at ${offset}`, async () => (await endOf(kafka, place)) === offset)
}
