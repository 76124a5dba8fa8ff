/** Topics, appending, reading, offsets. */
import { describe, expect, it } from 'vitest'
import { systemClock, turn } from '../../src/clock.ts'
import type { RecordHeader } from '../../src/record.ts'
import { promised } from './promised.ts'
import { type Bench, batchOf, endOf, errorOf, faultOf, readUpTo, rowsOf, unique, valuesOf } from './tools.ts'

export function logContract(bench: Bench): void {
  describe('topics', () => {
    it('are created once, and a second time nothing happens', async () => {
      const name = unique('contract')
      await bench.kafka.topics.create([{ name, partitions: 3 }])
      await bench.kafka.topics.create([{ name, partitions: 5 }])
      expect(await bench.kafka.topics.describe([name])).toEqual([{ name, exists: true, partitions: 3 }])
    })

    it('are described as missing where they are', async () => {
      const missing = unique('missing')
      expect(await bench.kafka.topics.describe([missing])).toEqual([{ name: missing, exists: false, partitions: 0 }])
    })

    it('of an impossible name are rejected', async () => {
      expect(await faultOf(bench.kafka.topics.create([{ name: 'no spaces please', partitions: 1 }]))).toBe('rejected')
    })

    it('keep their configuration', async () => {
      const topic = await bench.topic(1, { 'cleanup.policy': 'compact' })
      const [configs] = await bench.kafka.admin.describeConfigs([{ type: 'topic', name: topic }])
      expect(configs?.['cleanup.policy']).toBe('compact')
    })

    it('are gone when they are deleted', async () => {
      const topic = await bench.topic()
      await bench.kafka.admin.deleteTopics([topic])
      // Of several nodes each hears of it in its own time.
      await expect
        .poll(() => bench.kafka.topics.describe([topic]), { timeout: 10_000 })
        .toEqual([{ name: topic, exists: false, partitions: 0 }])
    })
  })

  describe('a log', () => {
    it('keeps the order of appends, also when many are on their way', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const producer = bench.kafka.producer()
      const appended = Array.from({ length: 200 }, (_, n) => producer.append(place, batchOf(`a${n}`, `b${n}`)))
      const offsets = (await Promise.all(appended)).map(({ offset }) => offset)
      expect(offsets).toEqual(Array.from({ length: 200 }, (_, n) => 2 * n))
      expect(await valuesOf(bench.kafka, place)).toEqual(
        Array.from({ length: 200 }, (_, n) => [`a${n}`, `b${n}`]).flat(),
      )
      await producer.close()
    })

    it('keeps partitions apart', async () => {
      const topic = await bench.topic(3)
      const producer = bench.kafka.producer()
      await Promise.all([0, 1, 2].map((partition) => producer.append({ topic, partition }, batchOf(`p${partition}`))))
      for (const partition of [0, 1, 2]) {
        expect(await valuesOf(bench.kafka, { topic, partition })).toEqual([`p${partition}`])
      }
      await producer.close()
    })

    /** What comes back of a record with these headers, and of one without a value. */
    const roundTrip = async (headers: readonly RecordHeader[]) => {
      const place = { topic: await bench.topic(), partition: 0 }
      const producer = bench.kafka.producer()
      const batch = batchOf()
      batch.append(5, null, 'value', headers)
      batch.append(3, 'key', null)
      await producer.append(place, batch)
      const fetcher = bench.kafka.fetcher({ isolation: 'read_uncommitted' })
      fetcher.seek(place, 0)
      const [part] = await readUpTo(fetcher, [{ ...place, offset: 2 }])
      const [fetched] = part!.batches
      const cursor = fetched!.cursor()
      cursor.next()
      await fetcher.close()
      await producer.close()
      const found = cursor.headers().map(({ name, value }) => [name, value && Buffer.from(value).toString()])
      return { rows: rowsOf(fetched!), headers: found }
    }
    const rows = [
      { offset: 0, key: null, value: 'value' },
      { offset: 1, key: 'key', value: null },
    ]

    it('gives keys, nulls and headers back as they were', async () => {
      const headers = ['1', '2'].map((value) => ({ name: 'h', value: Buffer.from(value) }))
      const expected = [
        ['h', '1'],
        ['h', '2'],
      ]
      expect(await roundTrip(headers)).toEqual({ rows, headers: expected })
    })

    promised(bench, 'nullHeaders', () => {
      it('gives a header back that has no value', async () => {
        const headers = [
          { name: 'h', value: Buffer.from('1') },
          { name: 'h', value: null },
        ]
        const expected = [
          ['h', '1'],
          ['h', null],
        ]
        expect(await roundTrip(headers)).toEqual({ rows, headers: expected })
      })
    })

    it('refuses a batch that is too large, and the producer goes on', async () => {
      const place = { topic: await bench.topic(1, { 'max.message.bytes': '2000' }), partition: 0 }
      const producer = bench.kafka.producer()
      await producer.append(place, batchOf('first'))
      const tooLarge = faultOf(producer.append(place, batchOf('x'.repeat(5_000))))
      const after = producer.append(place, batchOf('after'))
      expect(await tooLarge).toBe('rejected')
      expect(await after).toEqual({ offset: 1 })
      expect(await valuesOf(bench.kafka, place)).toEqual(['first', 'after'])
      await producer.close()
    })

    it('says where it begins, ends, and where a time lies', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const producer = bench.kafka.producer()
      await producer.append(place, batchOf('a', 'b', 'c', 'd'))
      const at = async (query: Parameters<typeof bench.kafka.offsets>[1]) =>
        (await bench.kafka.offsets([place], query))[0]?.offset
      expect(await at('earliest')).toBe(0)
      expect(await at('end')).toBe(4)
      expect(await at('stable')).toBe(4)
      expect(await at({ time: 1_700_000_000_002 })).toBe(2)
      expect(await at({ time: 1_800_000_000_000 })).toBe(4)
      await bench.kafka.topics.deleteRecords([{ ...place, offset: 3 }])
      expect(await at('earliest')).toBe(3)
      await producer.close()
    })

    it('answers an offset outside of it with an error that names the partition', async () => {
      const place = { topic: await bench.topic(2), partition: 1 }
      const fetcher = bench.kafka.fetcher({ isolation: 'read_committed' })
      fetcher.seek(place, 99)
      const error = await errorOf(pollForEver(fetcher.poll.bind(fetcher)))
      expect(error?.fault).toBe('out-of-range')
      expect(error?.message).toContain(`${place.topic}-1`)
      expect(error?.partition).toEqual(place)
      fetcher.seek(place, 0)
      expect(await fetcher.poll({ milliseconds: 1 })).toBeInstanceOf(Array)
      await fetcher.close()
    })
  })

  describe('a fetcher', () => {
    it('begins inside a batch, keeps what is paused, forgets what is removed', async () => {
      const topic = await bench.topic(2)
      const [one, two] = [0, 1].map((partition) => ({ topic, partition }))
      const producer = bench.kafka.producer()
      await producer.append(one!, batchOf('a', 'b', 'c'))
      await producer.append(two!, batchOf('d'))
      const fetcher = bench.kafka.fetcher({ isolation: 'read_committed' })
      fetcher.seek(one!, 1)
      const [part] = await readUpTo(fetcher, [{ ...one!, offset: 3 }])
      expect(part!.batches[0]!.baseOffset).toBe(0)
      expect(part!.nextOffset).toBe(3)
      fetcher.seek(two!, 0)
      fetcher.pause(two!)
      await producer.append(one!, batchOf('e'))
      const meanwhile = await readUpTo(fetcher, [{ ...one!, offset: 4 }])
      expect(meanwhile.every(({ partition }) => partition === 0)).toBe(true)
      fetcher.resume(two!)
      expect((await readUpTo(fetcher, [{ ...two!, offset: 1 }]))[0]!.batches.flatMap(rowsOf)).toHaveLength(1)
      fetcher.remove(one!)
      await producer.append(one!, batchOf('f'))
      await producer.append(two!, batchOf('g'))
      const rest = await readUpTo(fetcher, [{ ...two!, offset: 2 }])
      expect(rest.every(({ partition }) => partition === 1)).toBe(true)
      await fetcher.close()
      await producer.close()
    })

    it('reads ahead no more than it may, and everything in the end', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const producer = bench.kafka.producer()
      const text = 'x'.repeat(100_000)
      await Promise.all(Array.from({ length: 40 }, (_, n) => producer.append(place, batchOf(`${n}${text}`))))
      const fetcher = bench.kafka.fetcher({ isolation: 'read_committed', maxBytes: 1 })
      fetcher.seek(place, 0)
      const first = await fetcher.poll({ seconds: 10 })
      expect(first.flatMap(({ batches }) => batches).length).toBeLessThan(40)
      const rest = await readUpTo(fetcher, [{ ...place, offset: 40 }])
      expect([...first, ...rest].flatMap(({ batches }) => batches).map((batch) => batch.baseOffset)).toEqual(
        Array.from({ length: 40 }, (_, n) => n),
      )
      await fetcher.close()
      await producer.close()
    })

    it('is woken from a wait, and waits no longer than it is told', async () => {
      const place = { topic: await bench.topic(), partition: 0 }
      const fetcher = bench.kafka.fetcher({ isolation: 'read_committed' })
      fetcher.seek(place, 0)
      await readWatermarks(fetcher.poll.bind(fetcher))
      const waiting = fetcher.poll({ minutes: 10 })
      fetcher.wake()
      expect(await waiting).toEqual([])
      expect(await fetcher.poll({ milliseconds: 1 })).toEqual([])
      expect(await endOf(bench.kafka, place)).toBe(0)
      await fetcher.close()
    })

    it('that is closed waits as if nothing came: who polls it in a loop leaves others their turn', async () => {
      const fetcher = bench.kafka.fetcher({ isolation: 'read_committed' })
      fetcher.seek({ topic: await bench.topic(), partition: 0 }, 0)
      await fetcher.close()
      let isOver = false
      const polling = fetcher.poll({ minutes: 10 }).then(() => {
        isOver = true
      })
      await turn(systemClock)
      expect(isOver).toBe(false)
      fetcher.wake()
      await polling
    })
  })
}

type Poll = (maxWait: { readonly milliseconds: number }) => Promise<readonly unknown[]>

/** Ends by an error only. */
async function pollForEver(poll: Poll): Promise<void> {
  for (let tries = 0; tries < 100; tries++) await poll({ milliseconds: 300 })
}

/** An empty partition speaks once: of its watermarks. */
async function readWatermarks(poll: Poll): Promise<void> {
  for (let tries = 0; tries < 100; tries++) if ((await poll({ milliseconds: 300 })).length > 0) return
  throw new Error('no watermarks')
}
