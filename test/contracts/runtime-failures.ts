import { describe, expect, it } from 'vitest'
import type { CommittedRecord } from '../../scripts/tools/committed.ts'
import {
  deadLetter,
  from,
  json,
  type Policy,
  skip,
  stop,
  type Topology,
  text,
  topic,
  topology,
} from '../../src/index.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import {
  committed,
  countedWords,
  countsOf,
  expectedCounts,
  type Input,
  type RuntimeBench,
  wordLines,
} from './runtime-tools.ts'
import { unique } from './tools.ts'

interface Order {
  readonly id: number
}

export function failureContract(bench: RuntimeBench): void {
  describe('a record that fails', () => {
    it('becomes a dead letter, verbatim, with headers that say what happened', async () => {
      const { built, app, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const poison = { key: 'k', value: Buffer.from([0xff, 0xfe, 0x00, 0x80]), time: 700_000, partition: 1 }
      const inputs = wordLines(30)
      await bench.produce(lines.name, [...inputs, poison])
      const summary = await bench.run(built)
      expect(summary).toMatchObject({ deadLetters: 1 })
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
      const [letter, ...more] = await bench.read(`${app}.dlq.${lines.name}`)
      expect(more).toEqual([])
      expect(letter).toMatchObject({ partition: 1, key: Buffer.from('k'), value: poison.value })
      expect(headersOf(letter!)).toMatchObject({
        '__streams.errors.topic': lines.name,
        '__streams.errors.partition': '1',
        '__streams.errors.offset': '10',
        '__millrace.dlq.app': app,
        '__millrace.dlq.stage': 'deserialize',
        '__millrace.dlq.error.code': 'MR3001',
        '__millrace.dlq.source.timestamp': '700000',
      })
    })

    it('leaves nothing else behind: no output of a branch that had succeeded, no state', async () => {
      const app = unique('half')
      const orders = topic(`${app}.orders`, { value: json<Order>() })
      const copies = topic(`${app}.copies`, { value: json<Order>() })
      const doubled = topic(`${app}.doubled`, { value: json<Order>() })
      await bench.create(1, orders.name, copies.name, doubled.name)
      const source = from(orders, { onFailure: [deadLetter('broken')] })
      const built = topology(
        app,
        source.to(copies),
        source
          .map((order) => {
            if (order.id % 3 === 0) throw new RangeError(`no order ${order.id}`)
            return { id: order.id * 2 }
          })
          .to(doubled),
      )
      await bench.produce(orders.name, ordersOf(9))
      expect(await bench.run(built)).toMatchObject({ recordsIn: 9, recordsOut: 12, deadLetters: 3 })
      expect(idsOf(await bench.read(copies.name))).toEqual([1, 2, 4, 5, 7, 8])
      expect(idsOf(await bench.read(doubled.name))).toEqual([2, 4, 8, 10, 14, 16])
      const letters = await bench.read(`${app}.dlq.broken`)
      expect(idsOf(letters)).toEqual([3, 6, 9])
      expect(headersOf(letters[0]!)).toMatchObject({
        '__streams.errors.exception': 'RangeError',
        '__streams.errors.message': 'no order 3',
        '__millrace.dlq.stage': 'process',
        '__millrace.dlq.error.code': 'MR4101',
      })
      expect(new Set(letters.map((letter) => headersOf(letter)['__millrace.dlq.fingerprint'])).size).toBe(1)
    })

    it('is dropped and counted where the policy is skip()', async () => {
      const { app, orders, out, built } = oddOrders([skip()])
      await bench.create(1, orders, out)
      await bench.produce(orders, ordersOf(4))
      expect(await bench.run(built)).toMatchObject({ skipped: 2, deadLetters: 0 })
      expect(idsOf(await bench.read(out))).toEqual([1, 3])
      expect(app).toBe(built.name)
    })

    it('stops the worker where the policy is stop(): what precedes it is committed, and a restart begins at it', async () => {
      const { app, orders, out, built } = oddOrders([stop()])
      await bench.create(1, orders, out)
      await bench.produce(orders, ordersOf(4))
      for (let attempt = 0; attempt < 2; attempt++) {
        await expect(bench.run(built)).rejects.toMatchObject({
          text: {
            code: 'MR4102',
            what: `Stopped at ${orders}-0 offset 1: order 2 is even`,
            where: expect.stringContaining(`topic ${orders}, partition 0, offset 1`),
          },
        })
        expect(idsOf(await bench.read(out))).toEqual([1])
        expect(await committed(bench, app, orders, 1)).toBe(1)
      }
      const mended = oddOrders([skip()], app)
      await bench.run(mended.built)
      expect(idsOf(await bench.read(out))).toEqual([1, 3])
    })

    it('is found also when only the commit could not write what it left in a store', async () => {
      const app = unique('sums')
      const orders = topic(`${app}.orders`, { key: text, value: json<Order>() })
      const out = topic(`${app}.out`, { value: json<number>() })
      const built = topology(
        app,
        from(orders)
          .aggregate('sum', { as: json<number>(), start: 0, add: (sum, { id }) => (id === 3 ? Number.NaN : sum + id) })
          .toStream()
          .filter((sum) => Number.isFinite(sum))
          .to(out),
      )
      await bench.create(1, orders.name, out.name)
      await bench.produce(
        orders.name,
        ordersOf(5).map((order) => ({ ...order, key: 'all' })),
      )
      expect(await bench.run(built)).toMatchObject({ deadLetters: 1 })
      const sums = (await bench.read(out.name)).map(({ value }) => Number(value!.toString()))
      expect(sums).toEqual([1, 3, 7, 12])
    })

    it('points to its source where it does not fit into the dead-letter topic', async () => {
      const { app, orders, out, built } = oddOrders([deadLetter('huge')])
      await bench.create(1, out)
      // In a batch that was compressed a record may be larger than its topic takes, and so than a letter.
      const configs = { 'max.message.bytes': '4000', 'retention.ms': '-1' }
      const letters = { 'max.message.bytes': '36768', 'message.timestamp.type': 'LogAppendTime' }
      await bench.kafka.topics.create([
        { name: orders, partitions: 1, configs },
        { name: `${app}.dlq.huge`, partitions: 1, configs: letters },
      ])
      const producer = bench.kafka.producer({ compression: 'gzip' })
      const batch = new BatchBuilder()
      batch.append(1_000, 'k', `{"id":2,"pad":"${'x'.repeat(60_000)}"}`)
      await producer.append({ topic: orders, partition: 0 }, batch)
      await producer.close()
      expect(await bench.run(built)).toMatchObject({ deadLetters: 1 })
      const [pointer] = await bench.read(`${app}.dlq.huge`)
      expect(pointer).toMatchObject({ key: Buffer.from('k'), value: Buffer.alloc(0) })
      expect(headersOf(pointer!)).toMatchObject({ '__millrace.dlq.pointer': 'true', '__streams.errors.offset': '0' })
    })
  })
}

function oddOrders(
  onFailure: readonly Policy[],
  app: string = unique('odd'),
): { app: string; orders: string; out: string; built: Topology } {
  const orders = topic(`${app}.orders`, { value: json<Order>() })
  const out = topic(`${app}.out`, { value: json<Order>() })
  const built = topology(
    app,
    from(orders, { onFailure })
      .map((order) => {
        if (order.id % 2 === 0) throw new Error(`order ${order.id} is even`)
        return order
      })
      .to(out),
  )
  return { app, orders: orders.name, out: out.name, built }
}

function ordersOf(count: number): Input[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `k${index}`,
    value: JSON.stringify({ id: index + 1 }),
    time: 1_000 + index,
  }))
}

function idsOf(records: readonly CommittedRecord[]): number[] {
  return records.map(({ value }) => (JSON.parse(value!.toString()) as Order).id)
}

function headersOf({ headers }: CommittedRecord): Record<string, string> {
  return Object.fromEntries(headers.map(({ name, value }) => [name, Buffer.from(value!).toString()]))
}
