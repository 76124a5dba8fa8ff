/** Stand-ins for what a worker would tell its tasks. */
import type { Clock } from '../clock.ts'
import type { Kafka } from '../kafka/port.ts'
import { seededRandom } from '../random.ts'
import { Breakers } from '../runtime/breakers/breakers.ts'
import type { ThreadCounters } from '../runtime/counters.ts'
import { letterTerms } from '../runtime/failures/letter-terms.ts'
import type { Plan } from '../runtime/plan.ts'
import { defaultMaxMessageBytes } from '../runtime/prepare/internal-settings.ts'
import type { DeadLetterOptions, Thread } from '../runtime/settings.ts'
import type { Graph } from '../topology/graph.ts'
import type { DrivenClock } from './driven-clock.ts'

/** The user's topics, all of one size. */
export function userPartitions(graph: Graph, count: number): Map<string, number> {
  return new Map([...graph.inputs, ...graph.outputs].map(({ name }) => [name, count]))
}

/** Every topic that is written, with Kafka's default limits. */
export function outputTopics(plan: Plan): Map<string, { partitions: number; maxMessageBytes: number }> {
  return new Map(
    [...plan.partitions].map(([name, partitions]) => [name, { partitions, maxMessageBytes: defaultMaxMessageBytes }]),
  )
}

/** What the runtime knows of a thread, where there is no worker. */
export function threadOf(
  graph: Graph,
  plan: Plan,
  clock: DrivenClock,
  counters: ThreadCounters,
  deadLetters: DeadLetterOptions = { rateLimit: 'off' },
): Thread {
  const breakers = new Breakers(graph, breakerClock(clock))
  return {
    graph,
    prepared: { plan, maxMessageBytes: new Map() },
    kafka: noKafka,
    clock,
    random: seededRandom(1),
    instance: 'driven',
    transactionalId: `${graph.app}-driven-0`,
    instanceId: 'driven-0',
    bounded: null,
    runId: { current: null },
    commitIntervalMilliseconds: 0,
    sessionTimeout: { seconds: 10 },
    transactionTimeout: { seconds: 10 },
    compression: 'none',
    guarantee: 'exactly-once',
    startAt: 'earliest',
    outOfRange: 'fail',
    ...(!breakers.isEmpty && { breakers }),
    deadLetters: letterTerms(deadLetters),
    counters,
  }
}

/** Breakers cool by the wall clock alone, and tell what has moved without a loop. */
function breakerClock(clock: DrivenClock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.now(),
    after: (milliseconds, callback) => clock.after(milliseconds, callback),
    soon: (callback) => void Promise.resolve().then(callback),
  }
}

/** Nothing that a driven topology runs asks Kafka for anything. */
const noKafka: Kafka = Object.freeze({}) as Kafka
