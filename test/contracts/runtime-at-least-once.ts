/** What a topology promises without transactions: nothing is lost, something may be seen twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/index.ts'
import { deadLetter, from, pause, reject, retryLater, retryTopics, text, topic, topology } from '../../src/index.ts'
import { type Kafka, KafkaError } from '../../src/kafka/port.ts'
import { subscribe } from '../../src/observe/events.ts'
import {
  committed,
  countedWords,
  countsOf,
  expectedCounts,
  type RuntimeBench,
  runtimeTools,
  type WordCount,
  wordLines,
} from './runtime-tools.ts'
import { type ContractBroker, connected, unique, until } from './tools.ts'

const guarantee = 'at-least-once'

/** @example atLeastOnceContract('kafkajs', (brokers, clientId) => kafkajs({ brokers: [brokers], clientId })) */
export function atLeastOnceContract(
  name: string,
  clientOf: (brokers: string, clientId: string) => Kafka,
  start: () => Promise<Pick<ContractBroker, 'brokers' | 'stop'>> = embedded,
): void {
  describe(`a topology that runs at least once on ${name}`, () => {
    const clients: Kafka[] = []
    let broker: Awaited<ReturnType<typeof start>>
    let reader: Kafka
    const client = (clientId: string): Kafka => {
      const made = clientOf(broker.brokers, clientId)
      clients.push(made)
      return made
    }
    const bench = runtimeTools({
      brokers: () => broker.brokers,
      kafka: () => reader,
      client: async () => client('worker'),
    })
    beforeAll(async () => {
      broker = await start()
      reader = await connected(broker.brokers)
    })
    afterAll(async () => {
      for (const each of [...clients, reader]) await each?.close()
      await broker?.stop()
    })

    it('counts every record once while nothing fails', async () => {
      const { built, lines, counts, inputs } = await countedInput(bench, 300)
      await bench.produce(lines.name, inputs)
      const summary = await bench.run(built, { guarantee })
      expect(summary).toMatchObject({ recordsIn: 300 + 900, late: 0, deadLetters: 0, aborts: 0 })
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
    })

    it('goes on where it was stopped', async () => {
      const { built, lines, counts, inputs } = await countedInput(bench, 200)
      await bench.produce(lines.name, inputs.slice(0, 100))
      const worker = bench.start(built, { guarantee })
      await until('the first half is committed', async () => (await committedOf(bench, built.name, lines.name)) === 100)
      await worker.stop()
      await bench.produce(lines.name, inputs.slice(100))
      await bench.run(built, { guarantee })
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
    })

    it('ends a bounded run behind what comes again, and a paused task when an operator lets it go on', async () => {
      const app = unique('again')
      const [items, out] = ['items', 'out'].map((each) => topic(`${app}.${each}`, { key: text, value: text }))
      const failed = new Set<string>()
      const once = (value: string): string => {
        if (value === 'good' || failed.has(value)) return value
        failed.add(value)
        throw value === 'reject' || value === 'paused' ? reject(value) : retryLater(value)
      }
      const pausing = (value: string): string => (value === 'paused' ? once(value) : value)
      const built = topology(
        app,
        from(items!)
          .map(pausing, { onFailure: [pause()] })
          .map(once, { onFailure: [retryTopics('slow', [{ milliseconds: 50 }]), deadLetter('bad')] })
          .to(out!),
      )
      await bench.create(2, items!.name, out!.name)
      const values = ['good', 'again 1', 'reject', 'paused', 'again 2', 'good']
      await bench.produce(
        items!.name,
        values.map((value, at) => ({ key: 'k', value, time: 1_000 + at, partition: at % 2 })),
      )
      const told = Promise.withResolvers<void>()
      const end = subscribe('task.paused', () => told.resolve())
      const ended = bench.run(built, { guarantee })
      await told.promise
      end()
      const row = { at: 0, who: 'me', action: 'task.resume', target: `${items!.name}-1`, detail: {} }
      await bench.produce(`${app}.audit`, [{ value: JSON.stringify(row), time: Date.now() }])
      expect(await ended).toMatchObject({ recordsIn: 6, retried: 2, reentered: 2, deadLetters: 1, aborts: 0 })
      const read = (await bench.read(out!.name)).map(({ value }) => String(value)).toSorted()
      expect(read).toEqual(['again 1', 'again 2', 'good', 'good', 'paused'])
      expect((await bench.read(`${app}.dlq.bad`)).map(({ value }) => String(value))).toEqual(['reject'])
    })

    it('hands tasks over to a second worker and takes them back, and loses nothing', async () => {
      const { built, lines, counts, inputs } = await countedInput(bench, 300)
      const all = async (count: number) => (await committedOf(bench, built.name, lines.name)) === count
      await bench.produce(lines.name, inputs.slice(0, 100))
      const stays = bench.start(built, { guarantee, instance: 'stays' })
      await until('the first works', () => all(100))
      const goes = bench.start(built, { guarantee, instance: 'goes' })
      await until('both hold tasks', () => shared(reader, built.name))
      await bench.produce(lines.name, inputs.slice(100, 200))
      await until('both have worked', () => all(200))
      await goes.stop()
      await bench.produce(lines.name, inputs.slice(200))
      await until('the first has worked the rest', () => all(300))
      await stays.stop()
      await bench.run(built, { guarantee })
      expect(missing(inputs, await bench.read(counts))).toEqual([])
    })

    it('is killed between its outputs and its positions: all is worked again, nothing is lost', async () => {
      const { built, lines, counts, inputs } = await countedInput(bench, 200)
      const doomed = client('doomed')
      await bench.produce(lines.name, inputs.slice(0, 100))
      const { kafka, lose } = losingPositions(doomed)
      const worker = bench.start(built, { guarantee, kafka })
      await until('the first half is committed', async () => (await committedOf(bench, built.name, lines.name)) === 100)
      const lost = lose()
      await bench.produce(lines.name, inputs.slice(100))
      await lost
      await worker.stop().catch(() => undefined)
      expect(await committedOf(bench, built.name, lines.name)).toBe(100)
      await bench.run(built, { guarantee })
      const records = await bench.read(counts)
      expect(missing(inputs, records)).toEqual([])
      expect(sum(largestCounts(records))).toBeGreaterThan(sum(expectedCounts(inputs)))
    })
  })
}

async function embedded(): Promise<Pick<ContractBroker, 'brokers' | 'stop'>> {
  const broker = await startBroker({ markerDelay: { minimum: 0, maximum: 15 }, shuffleAborted: true })
  return { brokers: broker.address, stop: () => broker.close() }
}

/** A client that works until it is told to lose: then it dies with the next positions in its hand. */
function losingPositions(kafka: Kafka): { readonly kafka: Kafka; lose(): Promise<void> } {
  let dies: (() => void) | null = null
  const commit: Kafka['commit'] = async (member, positions) => {
    if (dies === null) return await kafka.commit(member, positions)
    await kafka.close()
    dies()
    throw new KafkaError('unknown-outcome', 'CLOSED', 'OffsetCommit', 'The client is dead')
  }
  const lose = (): Promise<void> =>
    new Promise((resolve) => {
      dies = resolve
    })
  return { kafka: { ...kafka, commit }, lose }
}

async function countedInput(bench: RuntimeBench, count: number) {
  const words = countedWords()
  await bench.create(3, words.lines.name, words.counts, words.late)
  return { ...words, inputs: wordLines(count) }
}

function committedOf(bench: RuntimeBench, group: string, topic: string): Promise<number> {
  return committed(bench, group, topic, 3)
}

/** Two members, each with a part. */
async function shared(kafka: Kafka, group: string): Promise<boolean> {
  const members = (await kafka.admin.groups.describe([group])).get(group)?.members ?? []
  return members.length === 2 && members.every(({ partitions }) => partitions.length > 0)
}

/** Windows that never counted as much as there was. */
function missing(inputs: Parameters<typeof expectedCounts>[0], records: Awaited<ReturnType<RuntimeBench['read']>>) {
  const counted = largestCounts(records)
  return [...expectedCounts(inputs)].filter(([window, count]) => (counted.get(window) ?? 0) < count)
}

/** A window may speak more than once. */
function largestCounts(records: Awaited<ReturnType<RuntimeBench['read']>>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { value } of records) {
    const { word, since, count } = JSON.parse(value!.toString()) as WordCount
    counts.set(`${word}@${since}`, Math.max(count, counts.get(`${word}@${since}`) ?? 0))
  }
  return counts
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}
