/** Runs a compiled topology in this thread: checks, prepares, works, and says what it did. */
import { type Duration, systemClock, toMilliseconds } from '../clock.ts'
import { publish } from '../observe/events.ts'
import { randomName, systemRandom } from '../random.ts'
import { compile } from '../topology/compile.ts'
import type { Graph } from '../topology/graph.ts'
import type { Topology } from '../topology/topology.ts'
import { checkTimeouts } from './async/check-timeouts.ts'
import { Breakers } from './breakers/breakers.ts'
import { newCounters } from './counters.ts'
import { recordDeployed } from './deployed.ts'
import { letterTerms } from './failures/letter-terms.ts'
import { copyTerms } from './group/placement.ts'
import { prepareTopics } from './prepare/prepare.ts'
import { prepareSerdes } from './prepare/prepare-serdes.ts'
import { requireFeatures } from './prepare/require-features.ts'
import { GlobalTables } from './restore/global-tables.ts'
import type { RunOptions, RunSummary, Thread } from './settings.ts'
import { Worker } from './worker.ts'

const defaultTransactionTimeout: Duration = { seconds: 10 }

export type { RunOptions, RunSummary } from './settings.ts'

/**
 * Runs a topology on a Kafka client until it is stopped or its bounded run is through. The client stays open.
 * @example await runWorker(wordCount, { kafka, until: 'end' })
 * @throws MillraceError with a code and what to do
 */
export async function runWorker(topology: Topology, options: RunOptions): Promise<RunSummary> {
  const graph = compile(topology)
  const { kafka } = options
  requireFeatures(kafka, options.guarantee)
  checkTimeouts(graph, options.transactionTimeout ?? defaultTransactionTimeout)
  await kafka.connect()
  const prepared = await prepareTopics(kafka, graph)
  await prepareSerdes(graph)
  await recordDeployed(kafka, graph)
  const thread = threadOf(graph, options, prepared)
  options.reader?.begin(graph, prepared.plan)
  const globals = new GlobalTables(graph.globalTables)
  const worker = new Worker(thread, globals)
  const stop = (): void => worker.stop()
  options.signal?.addEventListener('abort', stop, { once: true })
  publish('worker.started', () => ({ transactionalId: thread.transactionalId, runId: thread.runId.current }))
  try {
    const loaded = globals.load(kafka, prepared.plan.partitions, (error) => worker.fail(error))
    await Promise.race([loaded, aborted(options.signal)])
    if (!options.signal?.aborted) await worker.run()
  } finally {
    options.signal?.removeEventListener('abort', stop)
    thread.breakers?.end()
    await globals.close()
    publish('worker.stopped', () => ({ transactionalId: thread.transactionalId }))
  }
  return summaryOf(thread)
}

/** Never settles without a signal. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}

function threadOf(graph: Graph, options: RunOptions, prepared: Thread['prepared']): Thread {
  const random = options.random ?? systemRandom
  const clock = options.clock ?? systemClock
  const breakers = new Breakers(graph, clock, options.breakers)
  const instance = options.instance ?? randomName(random)
  const number = options.thread ?? 0
  return {
    graph,
    prepared,
    kafka: options.kafka,
    clock,
    random,
    instance,
    transactionalId: `${graph.app}-${instance}-${number}`,
    instanceId: `${instance}-${number}`,
    bounded: options.until ?? null,
    runId: { current: options.runId ?? null },
    commitIntervalMilliseconds: toMilliseconds(options.commitInterval ?? { milliseconds: 100 }),
    sessionTimeout: options.sessionTimeout ?? { seconds: 10 },
    transactionTimeout: options.transactionTimeout ?? defaultTransactionTimeout,
    compression: options.compression ?? 'none',
    guarantee: options.guarantee ?? 'exactly-once',
    startAt: options.startAt ?? 'earliest',
    outOfRange: options.outOfRange ?? 'fail',
    ...(options.state && { state: options.state }),
    copies: copyTerms(options),
    deadLetters: letterTerms(options.deadLetters),
    ...(options.reader && { reader: options.reader }),
    ...(!breakers.isEmpty && { breakers }),
    ...(options.hand && { hand: options.hand }),
    counters: newCounters(),
  }
}

function summaryOf({ graph, instance, runId, breakers, counters }: Thread): RunSummary {
  const { out, ...rest } = counters
  return {
    app: graph.app,
    instance,
    runId: runId.current,
    recordsOut: out,
    ...rest,
    ...(breakers && { breakers: breakers.summary() }),
  }
}
