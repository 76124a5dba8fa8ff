/** Copies of state by themselves: what they follow, when they ask for a rebalance, what they survive. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { startBroker } from '../../../src/broker/index.ts'
import { type Clock, systemClock } from '../../../src/clock.ts'
import type { Fetcher, Kafka } from '../../../src/kafka/port.ts'
import { KafkaError } from '../../../src/kafka/port.ts'
import type { CopyKind } from '../../../src/runtime/group/assign.ts'
import { copyTerms } from '../../../src/runtime/group/placement.ts'
import { planTasks, type TaskDescription } from '../../../src/runtime/plan.ts'
import type { Thread } from '../../../src/runtime/settings.ts'
import { Standbys } from '../../../src/runtime/standbys/standbys.ts'
import { lmdb } from '../../../src/state/lmdb/index.ts'
import type { Rows, StateBackend } from '../../../src/state/rows.ts'
import { compile } from '../../../src/topology/compile.ts'
import { suiteClients } from '../../contracts/clients.ts'
import { runtimeTools } from '../../contracts/runtime-tools.ts'
import { unique, until } from '../../contracts/tools.ts'
import { temporaryDirectory } from '../../state/directories.ts'
import { seen, type Tallied, tallied } from './standby-tools.ts'

/** Pauses are short. */
const clock: Clock = {
  ...systemClock,
  after: (milliseconds, work) => systemClock.after(Math.min(milliseconds, 5), work),
}

const day = 24 * 3_600_000

describe('a copy', () => {
  const suite = suiteClients(async () => {
    const broker = await startBroker()
    return { brokers: broker.addresses, stop: () => broker.close(), compact: async () => undefined }
  })
  const bench = runtimeTools({
    brokers: () => suite.broker.brokers,
    kafka: () => suite.kafka,
    client: (brokers) => suite.client(brokers),
  })

  interface Setting {
    readonly kafka?: Kafka
    readonly state?: StateBackend
    readonly acceptableLag?: number
  }

  interface Following {
    readonly topics: Tallied
    readonly task: TaskDescription
    readonly standbys: Standbys
    readonly asked: () => number
    /** So much wall time passes while nothing happens. */
    asleep(milliseconds: number): void
    readonly failures: readonly unknown[]
    /** Appends rows to the changelog: `k0` to `k<count - 1>`. */
    append(count: number, value?: string): Promise<void>
    follow(kind?: CopyKind): void
    lag(): number | undefined
    /** Gives the copy up and takes its rows, as the task would that begins here. */
    take(): Rows
  }

  async function following({ kafka = bench.kafka, state, acceptableLag = 10 }: Setting = {}): Promise<Following> {
    const topics = tallied(unique('tallied'))
    await bench.create(1, topics.changelog)
    const graph = compile(topics.built)
    const plan = planTasks(graph, new Map([topics.items, topics.counts].map((name) => [name, 1])))
    const task = plan.tasks[0]!
    const failures: unknown[] = []
    let asked = 0
    let slept = 0
    const sleepy: Clock = { ...clock, now: () => systemClock.now() + slept }
    const thread = {
      graph,
      kafka,
      clock: sleepy,
      prepared: { plan },
      copies: copyTerms({ acceptableLag }),
      ...(state && { state }),
    }
    const standbys = new Standbys({
      thread: thread as unknown as Thread,
      caughtUp: () => void asked++,
      failed: (error) => failures.push(error),
    })
    onTestFinished(() => standbys.end())
    return {
      topics,
      task,
      standbys,
      asked: () => asked,
      asleep(milliseconds) {
        slept += milliseconds
      },
      failures,
      append: (count, value = '1') =>
        bench.produce(
          topics.changelog,
          Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value, time: 1_000 })),
        ),
      follow: (kind = 'warm-up') => standbys.follow(new Map([[task.id, kind]]), []),
      lag: () => standbys.tellLags(new Set()).get(task.id),
      take() {
        standbys.giveUp(new Map())
        return standbys.copies.open(task.id, task.subTopology.stores[0]!)
      },
    }
  }

  function readyEvents(): readonly unknown[] {
    const { events, stop } = seen('standby.ready')
    onTestFinished(stop)
    return events
  }

  test('that has caught up asks for a rebalance once, and again only after one that did not know', async () => {
    const { follow, append, asked, lag, standbys, task } = await following()
    const ready = readyEvents()
    await append(50)
    follow()
    // The leader has just heard that nothing is there.
    expect(lag()).toBe(-1)
    await until('it has asked', () => asked() === 1)
    for (let round = 0; round < 3; round++) {
      await append(50)
      await until('it follows', () => standbys.copies.lags(new Set()).get(task.id) === 0)
    }
    expect(asked()).toBe(1)
    // What the leader hears now it need not be told again, whatever it makes of it.
    expect(lag()).toBe(0)
    follow()
    await append(5)
    await until('it follows', () => standbys.copies.lags(new Set()).get(task.id) === 0)
    expect([asked(), ready.length]).toEqual([1, 1])
  })

  test('that is a standby asks for nothing', async () => {
    const { follow, append, asked } = await following()
    const ready = readyEvents()
    await append(50)
    follow('standby')
    await until('it has caught up', () => ready.length === 1)
    expect(asked()).toBe(0)
  })

  test.each([
    ['in memory', undefined],
    ['on disk', () => lmdb(temporaryDirectory())],
  ] as const)('hands its rows over with their position, %s', async (_where, backend) => {
    const setting = { acceptableLag: 0, ...(backend && { state: backend() }) }
    const { follow, append, take, topics } = await following(setting)
    const ready = readyEvents()
    await append(50)
    await append(20, '2')
    follow('standby')
    await until('it has caught up', () => ready.length === 1)
    const rows = take()
    const [end] = await bench.kafka.offsets([{ topic: topics.changelog, partition: 0 }], 'end')
    expect([rows.size, rows.position]).toEqual([50, end!.offset])
    // And takes them back.
    rows.close()
    await append(60, '3')
    follow('standby')
    await until('it has caught up again', () => ready.length === 2)
    expect(take().size).toBe(60)
  })

  test('begins anew where its rows are behind the start of the log', async () => {
    const { follow, append, take, topics } = await following({ acceptableLag: 0 })
    const ready = readyEvents()
    await append(50)
    follow('standby')
    await until('it has caught up', () => ready.length === 1)
    take().close()
    await append(20)
    await bench.kafka.topics.deleteRecords([{ topic: topics.changelog, partition: 0, offset: 60 }])
    follow('standby')
    await until('it has read what there is', () => ready.length === 2)
    expect(take().size).toBe(10)
  })

  test('begins anew when the process was asleep for so long that deletions may be gone from the log', async () => {
    const { follow, append, take, asleep, topics, standbys } = await following({ acceptableLag: 0 })
    const ready = readyEvents()
    await append(50)
    follow('standby')
    await until('it has caught up', () => ready.length === 1)
    // Meanwhile all of it was deleted, and what said so is gone as well.
    asleep(day)
    await bench.kafka.topics.deleteRecords([{ topic: topics.changelog, partition: 0, offset: 50 }])
    await append(5, '2')
    await until('it has begun anew', () => {
      const rows = take()
      const { size } = rows
      rows.close()
      follow('standby')
      return size === 5
    })
    expect(standbys.copies.lags(new Set()).size).toBe(1)
  })

  test('that was put aside for as long is not believed either', async () => {
    const { follow, append, take, asleep } = await following({ acceptableLag: 0 })
    const ready = readyEvents()
    await append(50)
    follow('standby')
    await until('it has caught up', () => ready.length === 1)
    take().close()
    asleep(day)
    expect(take()).toMatchObject({ size: 0, position: -1 })
  })

  test('nor what a process had that was asleep, and gives up when it wakes', async () => {
    const { follow, append, take, asleep, standbys } = await following({ acceptableLag: 0 })
    const ready = readyEvents()
    await append(50)
    follow('standby')
    await until('it has caught up', () => ready.length === 1)
    const rows = take()
    standbys.copies.tick()
    asleep(day)
    standbys.copies.tick()
    rows.close()
    expect(take()).toMatchObject({ size: 0, position: -1 })
  })

  /** Throws once when something is to be read, then goes on. */
  function failingOnce(error: () => KafkaError): Kafka {
    let hasFailed = false
    const failing = (fetcher: Fetcher): Fetcher =>
      new Proxy(fetcher, {
        get(target, name) {
          if (name === 'poll' && !hasFailed) {
            hasFailed = true
            return () => Promise.reject(error())
          }
          const value: unknown = Reflect.get(target, name, target)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    return new Proxy(bench.kafka, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (name === 'fetcher') return (options: Parameters<Kafka['fetcher']>[0]) => failing(target.fetcher(options))
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  test('waits while no broker is there', async () => {
    const away = (): KafkaError => new KafkaError('retriable', 'CONNECTION', 'Fetch', 'away')
    const { follow, append, lag, take, failures } = await following({ kafka: failingOnce(away) })
    await append(50)
    follow('standby')
    await until('it follows', () => lag() === 0)
    expect([take().size, failures]).toEqual([50, []])
  })

  test('tells what it can not go on with', async () => {
    const fatal = new KafkaError('fatal', 'TOPIC_AUTHORIZATION_FAILED', 'Fetch', 'refused')
    const { follow, failures } = await following({ kafka: failingOnce(() => fatal) })
    follow('standby')
    await until('it has told', () => failures.length === 1)
    expect(failures).toEqual([fatal])
  })

  test('is given up where another has taken over its place on the disk', async () => {
    const directory = temporaryDirectory()
    const { follow, append, task, topics, lag, failures } = await following({ state: lmdb(directory) })
    const lost = seen('standby.lost')
    onTestFinished(lost.stop)
    await append(50)
    follow('standby')
    await until('it follows', () => lag() === 0)
    const rows = lmdb(directory).open({ app: topics.app, task: task.id, store: 'per-key', layout: 'points' })
    onTestFinished(() => rows.close())
    await append(60, '2')
    await until('it is given up', () => lost.events.length === 1)
    expect([lost.events[0]!.task, failures, lag()]).toEqual([task.id, [], undefined])
  })
})
