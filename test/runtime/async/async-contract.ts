/** What workers whose records wait for answers promise: killed, stopped, slow. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { deadLetter, from, text, topic, topology } from '../../../src/index.ts'
import { randomInteger, seededRandom } from '../../../src/random.ts'
import { committed, type Input, type RuntimeBench } from '../../contracts/runtime-tools.ts'
import { unique, until } from '../../contracts/tools.ts'
import { type AsyncTopology, answerOf, asyncTopology, windowSize } from './async-topology.ts'

const timeout = 180_000
const partitions = 2

/** @example asyncContract(bench) */
export function asyncContract(bench: RuntimeBench): void {
  /** Keys a to e, times that rise; every fiftieth can't be answered. */
  function inputs(count: number): Input[] {
    return Array.from({ length: count }, (_, at) => ({
      key: 'abcde'[at % 5]!,
      value: `${at % 50 === 49 ? 'bad' : 'item'}-${at}`,
      time: 1_000 + at * 10,
      partition: (at % 5) % partitions,
    }))
  }

  async function started(count: number, ask: (value: string) => Promise<string>): Promise<AsyncTopology> {
    const topics = asyncTopology(unique('asking'), ask)
    await bench.create(partitions, topics.items, topics.copies, topics.answers, topics.counts)
    await bench.produce(topics.items, inputs(count))
    return topics
  }

  function startChild({ app }: AsyncTopology): ChildProcess {
    const file = fileURLToPath(new URL('async-child.ts', import.meta.url))
    const child = spawn(process.execPath, [file, app, bench.brokers], { stdio: 'inherit' })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }

  const textsOf = async (name: string): Promise<string[]> =>
    (await bench.read(name)).map(({ value }) => value!.toString())

  /** All that must be there: each good record once, in the order of its key; each bad one as a dead letter and no more. */
  async function check(topics: AsyncTopology, count: number): Promise<void> {
    const all = inputs(count).map(({ key, value, time }) => ({ key: key!, value: String(value), time }))
    const good = all.filter(({ value }) => !value.startsWith('bad'))
    const answers = await bench.read(topics.answers)
    for (const each of 'abcde') {
      const told = answers.filter(({ key }) => key!.toString() === each).map(({ value }) => value!.toString())
      expect(told).toEqual(good.filter(({ key }) => key === each).map(({ value }) => value.toUpperCase()))
    }
    const names = (values: readonly string[]): string[] => values.toSorted()
    expect(names(await textsOf(topics.copies))).toEqual(names(good.map(({ value }) => value)))
    const letters = await textsOf(`${topics.app}.dlq.${topics.items}`)
    expect(names(letters)).toEqual(names(all.map(({ value }) => value).filter((value) => value.startsWith('bad'))))
    const counted = (await textsOf(topics.counts)).reduce((sum, value) => sum + Number(value), 0)
    expect(counted).toBe(good.length)
    expect(new Set(good.map(({ key, time }) => `${key}${Math.floor(time / windowSize)}`)).size).toBe(
      (await bench.read(topics.counts)).length,
    )
  }

  test('killed on its way it leaves nothing out and nothing twice', { timeout }, async () => {
    const random = seededRandom(7)
    const count = 2_000
    const topics = await started(count, async (value) => {
      for (let turns = randomInteger(random, 0, 5); turns > 0; turns--) await new Promise((go) => setImmediate(go))
      return answerOf(value)
    })
    for (const kills of [1, 2]) {
      const child = startChild(topics)
      await until('it has committed some', async () => {
        return (await committed(bench, topics.app, topics.items, partitions)) >= kills * 150
      })
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    expect(await committed(bench, topics.app, topics.items, partitions)).toBeLessThan(count)
    await bench.run(topics.built)
    await check(topics, count)
  })

  test('stopped it waits for what is under way, and commits it', { timeout }, async () => {
    const asked = new Set<string>()
    const released = Promise.withResolvers<void>()
    const topics = await started(4, async (value) => {
      asked.add(value)
      await released.promise
      return answerOf(value)
    })
    const worker = bench.start(topics.built, { commitInterval: { hours: 1 } })
    await until('all are asked', () => asked.size === 4)
    const ended = worker.stop()
    released.resolve()
    await ended
    expect(await textsOf(topics.answers)).toHaveLength(4)
    expect(await committed(bench, topics.app, topics.items, partitions)).toBe(4)
  })

  test('one that gets no answer holds up no other task, and ends in its time as a dead letter', {
    timeout,
  }, async () => {
    const app = unique('slow')
    const items = topic(`${app}.items`, { key: text, value: text })
    const out = topic(`${app}.out`, { key: text, value: text })
    const others = topic(`${app}.others`, { key: text, value: text })
    const seen: string[] = []
    const signals: AbortSignal[] = []
    const built = topology(
      app,
      from(items)
        .mapAsync(
          'ask',
          (value, { signal }) => {
            signals.push(signal)
            return value === 'never' ? new Promise<string>(() => undefined) : Promise.resolve(value)
          },
          { timeout: { seconds: 3 }, onFailure: [deadLetter('unanswered')] },
        )
        .to(out),
      from(others)
        .peek((value) => void seen.push(value))
        .to(out),
    )
    await bench.create(1, items.name, others.name, out.name)
    await bench.produce(items.name, [{ key: 'a', value: 'never', time: 1 }])
    const worker = bench.start(built)
    await until('it is asked', () => signals.length === 1)
    await bench.produce(others.name, [{ key: 'b', value: 'meanwhile', time: 1 }])
    await until('the other task goes on', () => seen.length > 0)
    expect(signals[0]!.aborted).toBe(false)
    await until('both are committed', async () => {
      return (await committed(bench, app, items.name, 1)) + (await committed(bench, app, others.name, 1)) === 2
    })
    expect(signals[0]!.aborted).toBe(true)
    await worker.stop()
    expect(await textsOf(out.name)).toEqual(['meanwhile'])
    const [letter] = await bench.read(`${app}.dlq.unanswered`)
    expect(letter!.value!.toString()).toBe('never')
  })

  test('begins no transaction while it waits: Kafka would count the time', { timeout }, async () => {
    const asked = new Set<string>()
    const released = Promise.withResolvers<void>()
    const topics = await started(4, async (value) => {
      asked.add(value)
      await released.promise
      return answerOf(value)
    })
    const worker = bench.start(topics.built, { instance: 'waiting', commitInterval: { milliseconds: 50 } })
    await until('all are asked', () => asked.size === 4)
    // Copies are to be written, and the interval is over ten times: each turn of the loop could send them.
    const id = `${topics.app}-waiting-0`
    for (const end = performance.now() + 500; performance.now() < end; ) {
      const states = await bench.kafka.admin.transactions.describe([id])
      expect(states.get(id)).not.toBe('Ongoing')
    }
    released.resolve()
    await until('all is committed', async () => (await committed(bench, topics.app, topics.items, partitions)) === 4)
    await worker.stop()
    expect(await textsOf(topics.answers)).toHaveLength(4)
  })

  test('refuses a step that may wait for longer than Kafka keeps a transaction open', { timeout }, async () => {
    const app = unique('patient')
    const items = topic(`${app}.items`, { key: text, value: text })
    const asked = from(items).mapAsync('ask', async (value) => value, { timeout: { seconds: 10 } })
    const running = bench.run(topology(app, asked.to(items)), { transactionTimeout: { seconds: 10 } })
    await expect(running).rejects.toMatchObject({ code: 'MR1005' })
  })
}
