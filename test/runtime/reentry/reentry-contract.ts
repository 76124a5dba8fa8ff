/** What workers promise for records that come again: killed on their way, redriven, at the end of a bounded run. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { from, reject, text, topic, topology } from '../../../src/index.ts'
import { randomInteger, seededRandom } from '../../../src/random.ts'
import { reentryHeaders } from '../../../src/runtime/reentry/headers.ts'
import { BatchBuilder } from '../../../src/wire/batch.ts'
import { committed, type Input, type RuntimeBench } from '../../contracts/runtime-tools.ts'
import { unique, until } from '../../contracts/tools.ts'
import { reentryWith } from './reentry-tools.ts'
import { failingAsSaid, type RetryingTopology, retryingTopology } from './reentry-topology.ts'

const timeout = 180_000
const partitions = 2

/** @example reentryContract(bench) */
export function reentryContract(bench: RuntimeBench): void {
  /** Keys a to e; a tenth fails at each step, some of them at both, some more than once. */
  function inputs(count: number, seed: number): Input[] {
    const random = seededRandom(seed)
    const failures = (): number => (random.next() < 0.1 ? randomInteger(random, 1, 2) : 0)
    return Array.from({ length: count }, (_, at) => ({
      key: 'abcde'[at % 5]!,
      value: `item-${at}:${failures()}:${failures()}`,
      time: 1_000 + at * 10,
      partition: (at % 5) % partitions,
    }))
  }

  const textsOf = async (name: string): Promise<string[]> =>
    (await bench.read(name)).map(({ value }) => value!.toString())

  /** As without failures: each record once in each output, whatever the order. */
  async function check({ app, copies, answers, counts }: RetryingTopology, all: readonly Input[]): Promise<void> {
    const values = all.map(({ value }) => String(value)).toSorted()
    expect((await textsOf(copies)).toSorted()).toEqual(values)
    expect((await textsOf(answers)).toSorted()).toEqual(values)
    for (const each of 'abcde') {
      const ofKey = (await bench.read(counts)).filter(({ key }) => key!.toString() === each)
      const last = Math.max(...ofKey.map(({ value }) => Number(value!.toString())))
      expect([each, last]).toEqual([each, all.filter(({ key }) => key === each).length])
    }
    for (const queue of ['unpriced', 'unanswered']) expect(await textsOf(`${app}.dlq.${queue}`)).toEqual([])
  }

  async function lagOf({ app }: RetryingTopology, name: string): Promise<number> {
    const places = Array.from({ length: partitions }, (_, partition) => ({ topic: `${app}.${name}`, partition }))
    const positions = await bench.kafka.positions(app, places)
    const ends = new Map((await bench.kafka.offsets(places, 'stable')).map((each) => [each.partition, each.offset]))
    return positions.reduce((sum, { partition, offset }) => sum + ends.get(partition)! - Math.max(0, offset), 0)
  }

  async function started(all: readonly Input[], app: string): Promise<RetryingTopology> {
    const topics = retryingTopology(app, failingAsSaid())
    await bench.create(partitions, topics.items, topics.copies, topics.counts, topics.answers)
    await bench.produce(topics.items, all)
    return topics
  }

  function startChild(app: string): ChildProcess {
    const file = fileURLToPath(new URL('reentry-child.ts', import.meta.url))
    const child = spawn(process.execPath, [file, app, bench.brokers], { stdio: 'inherit' })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }

  test('a bounded run ends when all that comes again has gone through', { timeout }, async () => {
    const all = inputs(200, 1)
    const topics = await started(all, unique('again'))
    const summary = await bench.run(topics.built)
    expect(summary).toMatchObject({ recordsIn: 200, deadLetters: 0 })
    await check(topics, all)
    for (const name of ['retry.prices.40ms', 'retry.answers.80ms'])
      expect([name, await lagOf(topics, name)]).toEqual([name, 0])
  })

  test('killed on its way it leaves nothing out and nothing twice', { timeout }, async () => {
    const all = inputs(1_000, 2)
    const topics = await started(all, unique('again'))
    for (const kills of [1, 2]) {
      const child = startChild(topics.app)
      await until('it has committed some', async () => {
        return (await committed(bench, topics.app, topics.items, partitions)) >= kills * 150
      })
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    await bench.run(topics.built)
    await check(topics, all)
  })

  test('what comes again moves with its task, from worker to worker', { timeout }, async () => {
    const all = inputs(600, 3)
    const topics = await started(all.slice(0, 300), unique('again'))
    const done = (): Promise<number> => committed(bench, topics.app, topics.items, partitions)
    const first = bench.start(topics.built, { instance: 'first' })
    await until('the first works', async () => (await done()) > 50)
    const second = bench.start(topics.built, { instance: 'second' })
    await bench.produce(topics.items, all.slice(300))
    await until('both have worked', async () => (await done()) === 600)
    expect((await first.stop()).retried).toBeGreaterThan(0)
    await second.stop()
    await bench.run(topics.built)
    await check(topics, all)
  })

  test('what is redriven goes through the sub-topology of its source, and its position is committed', {
    timeout,
  }, async () => {
    const app = unique('redriven')
    const items = topic(`${app}.items`, { key: text, value: text })
    const out = topic(`${app}.out`, { key: text, value: text })
    let isMended = false
    const built = topology(
      app,
      from(items)
        .map((value) => {
          if (!isMended) throw reject('not mended')
          return `worked ${value}`
        })
        .to(out),
    )
    await bench.create(partitions, items.name, out.name)
    await bench.produce(items.name, [{ key: 'a', value: 'one', time: 5, partition: 1 }])
    const worker = bench.start(built)
    await until('it is a dead letter', async () => (await committed(bench, app, items.name, partitions)) === 1)
    isMended = true
    const redrive = { topic: `${app}.redrive.${items.name}`, partition: 1 }
    const batch = new BatchBuilder()
    const headers = reentryHeaders(reentryWith({ topic: items.name, partition: 1, offset: 0 }))
    batch.append(5, 'a', 'one', headers)
    const producer = bench.kafka.producer()
    await producer.append(redrive, batch)
    await producer.close()
    await until('it is through', async () => (await bench.read(out.name)).length === 1)
    const [record] = await bench.read(out.name)
    expect(String(record!.value)).toBe('worked one')
    expect(record!.headers).toEqual([])
    const [position] = await bench.kafka.positions(app, [redrive])
    expect(position!.offset).toBe(1)
    expect(await worker.stop()).toMatchObject({ deadLetters: 1 })
  })
}
