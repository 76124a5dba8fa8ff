import { describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../src/clock.ts'
import { from, text, topic, topology } from '../../src/index.ts'
import {
  type FetchedPartition,
  type Fetcher,
  type GroupMemberOptions,
  type Kafka,
  KafkaError,
  type MemberIdentity,
  type Membership,
} from '../../src/kafka/port.ts'
import { seededRandom } from '../../src/random.ts'
import { partitionName, type TopicPartition } from '../../src/record.ts'
import { newCounters } from '../../src/runtime/counters.ts'
import { encodeAssignmentData } from '../../src/runtime/group/assign.ts'
import { planTasks } from '../../src/runtime/plan.ts'
import { GlobalTables } from '../../src/runtime/restore/global-tables.ts'
import type { Thread } from '../../src/runtime/settings.ts'
import { Worker } from '../../src/runtime/worker.ts'
import { compile } from '../../src/topology/compile.ts'
import type { Topology } from '../../src/topology/topology.ts'
import { BatchBuilder, readBatches, setBaseOffset } from '../../src/wire/batch.ts'
import { until } from '../contracts/tools.ts'

const lines = topic('lines', { value: text })
const others = topic('others', { value: text })
const out = topic('out', { value: text })
const copies = topology('copies', from(lines).to(out))

/** Kafka as a script: what happens is what the test says, and everything asked for is written down. */
class ScriptedKafka {
  readonly asked: string[] = []
  readonly members: MemberIdentity[] = []
  readonly membership = { group: 'copies', memberId: 'm', generation: 1, instanceId: null }
  group: GroupMemberOptions | null = null
  /** Runs when the worker polls. */
  beforePoll: () => void = () => undefined
  commit: () => Promise<void> = async () => undefined
  abort: () => Promise<void> = async () => undefined
  init: () => Promise<void> = async () => undefined
  positions: () => void = () => undefined
  private fetched: FetchedPartition[] = []
  private wake: () => void = () => undefined

  arrive(place: TopicPartition, value: string, offset = 0, records = 1): void {
    const builder = new BatchBuilder()
    for (let record = 0; record < records; record++) builder.append(1_000, null, value)
    const bytes = builder.build({})
    setBaseOffset(bytes, 0, offset)
    const batches = [...readBatches(bytes)]
    const end = offset + records
    this.fetched.push({ ...place, batches, nextOffset: end, highWatermark: end, lastStableOffset: end })
    this.wake()
  }

  assign(...partitions: TopicPartition[]): Promise<'stay' | 'rejoin'> {
    const userData = Buffer.from(encodeAssignmentData({ runId: null, departed: [] }))
    return this.group!.assigned({ generation: 1, partitions, userData })
  }

  get port(): Kafka {
    const note = (what: string): void => void this.asked.push(what)
    const zero = async (places: readonly TopicPartition[]) => places.map((place) => ({ ...place, offset: 0 }))
    const { promise: joined, resolve: join } = Promise.withResolvers<Membership>()
    const membership = Object.assign(this.membership, {
      confirm: async () => undefined,
      rejoin: () => undefined,
      leave: async () => note('leave'),
    })
    return {
      positions: async (_group: string, places: readonly TopicPartition[]) => {
        this.positions()
        return zero(places)
      },
      offsets: zero,
      transactions: () => ({
        open: true,
        init: () => this.init(),
        append: async () => ({ offset: 0 }),
        offsets: async (member: MemberIdentity) => {
          note('offsets')
          this.members.push(member)
        },
        commit: () => this.commit(),
        abort: () => {
          note('abort')
          return this.abort()
        },
        close: async () => undefined,
      }),
      fetcher: () => this.fetcher(note),
      join: (_group: string, options: GroupMemberOptions) => {
        const { assigned } = options
        this.group = {
          ...options,
          async assigned(assignment) {
            const verdict = await assigned(assignment)
            join(membership)
            return verdict
          },
        }
        return joined
      },
    } as unknown as Kafka
  }

  private fetcher(note: (what: string) => void): Fetcher {
    return {
      seek: (place) => note(`seek ${partitionName(place)}`),
      remove: (place) => note(`remove ${partitionName(place)}`),
      pause: () => undefined,
      resume: () => undefined,
      poll: async () => {
        if (this.fetched.length === 0) {
          await new Promise<void>((resolve) => {
            this.wake = resolve
            setTimeout(resolve, 5)
          })
        }
        this.beforePoll()
        const next = this.fetched.shift()
        return next === undefined ? [] : [next]
      },
      wake: () => this.wake(),
      close: async () => undefined,
    }
  }
}

function work(
  kafka: ScriptedKafka,
  built: Topology,
  partitions: number,
  commitIntervalMilliseconds = 0,
  clock: Clock = systemClock,
): Worker {
  const graph = compile(built)
  const users = [...graph.inputs, ...graph.outputs].map(({ name }): [string, number] => [name, partitions])
  const plan = planTasks(graph, new Map(users))
  const maxMessageBytes = new Map([...plan.partitions.keys()].map((name) => [name, 1_048_588] as const))
  const thread: Thread = {
    graph,
    prepared: { plan, maxMessageBytes },
    kafka: kafka.port,
    clock,
    random: seededRandom(1),
    instance: 'one',
    transactionalId: 'copies-one-0',
    instanceId: 'one-0',
    bounded: null,
    runId: { current: null },
    commitIntervalMilliseconds,
    sessionTimeout: { seconds: 10 },
    transactionTimeout: { seconds: 10 },
    compression: 'none',
    guarantee: 'exactly-once',
    startAt: 'earliest',
    outOfRange: 'fail',
    counters: newCounters(),
  }
  return new Worker(thread, new GlobalTables([]))
}

const first = { topic: 'lines', partition: 0 }
const second = { topic: 'lines', partition: 1 }

/** A worker whose tasks run. */
async function started(
  kafka: ScriptedKafka,
  worker: Worker,
  ...partitions: TopicPartition[]
): Promise<{ readonly ended: Promise<void> }> {
  const ended = worker.run()
  ended.catch(() => undefined)
  await until('it joins', () => kafka.group !== null)
  await kafka.assign(...partitions)
  await until('its tasks run', () => partitions.every((each) => kafka.asked.includes(`seek ${partitionName(each)}`)))
  return { ended }
}

describe('a worker', () => {
  it('commits nothing once its membership is lost, also what it takes in the same turn', async () => {
    const kafka = new ScriptedKafka()
    const worker = work(kafka, copies, 1)
    const { ended } = await started(kafka, worker, first)
    let isLost = false
    kafka.beforePoll = () => {
      if (isLost) return
      isLost = true
      kafka.arrive(first, 'a')
      kafka.group!.lost(new KafkaError('fenced', 'UNKNOWN_MEMBER_ID', 'Heartbeat', 'gone'))
    }
    await until('it gives up its tasks', () => kafka.asked.includes('remove lines-0'))
    worker.stop()
    await ended
    expect(kafka.asked).not.toContain('offsets')
    expect(kafka.asked).toContain('abort')
  })

  it('commits as the member that it is when it commits', async () => {
    const kafka = new ScriptedKafka()
    const worker = work(kafka, copies, 1)
    const { ended } = await started(kafka, worker, first)
    kafka.arrive(first, 'a')
    await until('it commits', () => kafka.members.length > 0)
    kafka.membership.generation = 7
    kafka.membership.memberId = 'another'
    expect(kafka.members[0]).toMatchObject({ generation: 1, memberId: 'm' })
    worker.stop()
    await ended
  })

  it('leaves the group also where its last transaction can not be aborted', async () => {
    const kafka = new ScriptedKafka()
    const worker = work(kafka, copies, 1)
    kafka.abort = () => Promise.reject(new KafkaError('unknown-outcome', 'TIMEOUT', 'EndTxn', 'no answer'))
    const { ended } = await started(kafka, worker, first)
    worker.fail(new Error('broken'))
    await expect(ended).rejects.toMatchObject({ text: { code: 'MR9001' } })
    expect(kafka.asked.at(-1)).toBe('leave')
  })

  it('gives up what is revoked also where the commit before it has to begin anew', async () => {
    const kafka = new ScriptedKafka()
    const worker = work(kafka, copies, 2, 60_000)
    const { ended } = await started(kafka, worker, first, second)
    let hasBegun = false
    kafka.beforePoll = () => {
      if (hasBegun) return
      hasBegun = true
      kafka.arrive(second, 'a')
    }
    await until('it has taken a record', () => hasBegun)
    kafka.commit = async () => {
      kafka.commit = async () => undefined
      throw new KafkaError('unknown-outcome', 'TIMEOUT', 'EndTxn', 'lost')
    }
    const before = kafka.asked.length
    expect(await kafka.assign(first)).toBe('rejoin')
    await until('what it keeps runs again', () => kafka.asked.indexOf('seek lines-0', before) > 0)
    expect(kafka.asked.slice(before)).not.toContain('seek lines-1')
    expect(kafka.group!.claim().owned).toEqual([first, { topic: 'copies.redrive.lines', partition: 0 }])
    worker.stop()
    await ended
  })

  it('can be stopped while nobody tells it whether it is a member still', async () => {
    const kafka = new ScriptedKafka()
    const worker = work(kafka, copies, 1)
    const { ended } = await started(kafka, worker, first)
    let isAsked = false
    const confirm = (): Promise<void> => {
      isAsked = true
      return new Promise(() => undefined)
    }
    Object.assign(kafka.membership, { confirm })
    kafka.commit = () => Promise.reject(new KafkaError('fenced', 'PRODUCER_FENCED', 'EndTxn', 'another has the id'))
    kafka.arrive(first, 'a')
    await until('it asks', () => isAsked)
    worker.stop()
    await ended
    expect(kafka.asked.at(-1)).toBe('leave')
  })

  it('goes on reading an input that its tasks wait for, however much of the others lies before them', async () => {
    const kafka = new ScriptedKafka()
    const worker = work(kafka, topology('copies', from(lines).merge(from(others)).to(out)), 1)
    const other = { topic: 'others', partition: 0 }
    const { ended } = await started(kafka, worker, first, other)
    const large = 'x'.repeat(1_000_000)
    for (let offset = 0; offset < 40; offset++) kafka.arrive(first, large, offset)
    kafka.arrive(other, 'b')
    await until('both are taken', () => kafka.members.length > 0)
    worker.stop()
    await ended
  })

  it('outlives a time in which Kafka does not answer, while it opens tasks and while it begins anew', async () => {
    const kafka = new ScriptedKafka()
    const silence = (): KafkaError => new KafkaError('retriable', 'TIMEOUT', 'any', 'no answer')
    kafka.positions = () => {
      kafka.positions = () => undefined
      throw silence()
    }
    const pauses: number[] = []
    const after: Clock['after'] = (milliseconds, callback) => {
      pauses.push(milliseconds)
      return systemClock.after(0, callback)
    }
    const worker = work(kafka, copies, 1, 0, { ...systemClock, after })
    const { ended } = await started(kafka, worker, first)
    expect(pauses).toEqual([1_000])
    kafka.commit = async () => {
      kafka.commit = async () => undefined
      throw new KafkaError('unknown-outcome', 'TIMEOUT', 'EndTxn', 'no answer')
    }
    kafka.init = async () => {
      kafka.init = async () => undefined
      throw silence()
    }
    const before = kafka.asked.length
    kafka.arrive(first, 'a')
    await until('it runs again', () => kafka.asked.indexOf('seek lines-0', before) > 0)
    expect(pauses).toEqual([1_000, 1_000])
    worker.stop()
    await ended
  })

  it('gives way to the network however slow its handlers are, and every task gets its turn', async () => {
    const kafka = new ScriptedKafka()
    let now = 0
    const taken = [0, 0]
    const slow = topology(
      'copies',
      from(lines)
        .map((line, { partition }) => {
          now += 5
          taken[partition]!++
          return line
        })
        .to(out),
    )
    const worker = work(kafka, slow, 2, 0, { ...systemClock, monotonic: () => now })
    const { ended } = await started(kafka, worker, first, second)
    for (const place of [first, second]) kafka.arrive(place, 'a', 0, 200)
    const turns: number[][] = []
    kafka.beforePoll = () => turns.push([...taken])
    await until('all is taken', () => taken[0] === 200 && taken[1] === 200)
    worker.stop()
    await ended
    const steps = turns.flatMap((each, turn) => each.map((count, task) => count - (turns[turn - 1]?.[task] ?? 0)))
    expect(Math.max(...steps)).toBe(16)
    const both = turns.filter(([one, other]) => one! > 0 && other! > 0 && one! < 200 && other! < 200)
    expect(both.length).toBeGreaterThan(5)
  })
})
