/** A topology in a simulated world: workers, brokers, network and time of one seed, and a judgement of what came out. */
import { subscribe, type WorkerEventName } from '../../observe/events.ts'
import { compile } from '../../topology/compile.ts'
import type { Topology } from '../../topology/topology.ts'
import { Director } from './director.ts'
import { drawTerms, type TermOptions } from './draw-terms.ts'
import type { PlannedFault } from './fault-plan.ts'
import type { Feed } from './feed.ts'
import type { Finding, History } from './history.ts'
import { judge } from './oracles/judge.ts'
import { runReference } from './oracles/reference-run.ts'
import { atRest, type Surroundings } from './surroundings.ts'
import { traceOf } from './trace.ts'
import { World } from './world.ts'

export interface SimulationOptions extends TermOptions {
  /** What is written: one feed for each topic that the topology reads. */
  readonly input: readonly Feed[]
  /**
   * Something that user code changes outside of Kafka, such as a map that stands for a database. What is read after the
   * run must be what it is after the same records were taken one after another, by one process that never failed.
   */
  readonly effects?: { reset(): void; read(): unknown }
}

export interface SimulationResult {
  readonly seed: number
  /** How often each fault really happened. */
  readonly hits: Readonly<Record<string, number>>
  /** Virtual time in which something happened, seconds. */
  readonly virtualSeconds: number
  /** Equal for equal seeds, in whatever process. */
  readonly trace: string
  readonly failures: readonly Finding[]
  /** What was planned; `hits` says what came of it. */
  readonly faults: readonly PlannedFault[]
  /** How many were to be written. */
  readonly records: number
}

/** One after another: what workers tell goes through one channel of the process. */
let previous: Promise<unknown> = Promise.resolve()

/**
 * Runs a topology in a simulated world.
 * @example
 * const { failures } = await simulate(wordCount, { seed: 7, input: [feed(lines, () => ({ value: 'to be' }))] })
 */
export function simulate(
  topology: Topology | ((surroundings: Surroundings) => Topology),
  options: SimulationOptions,
): Promise<SimulationResult> {
  const run = previous.then(() => simulateOnce(topology, options))
  previous = run.catch(() => undefined)
  return run
}

async function simulateOnce(
  topology: Topology | ((surroundings: Surroundings) => Topology),
  options: SimulationOptions,
): Promise<SimulationResult> {
  const make = typeof topology === 'function' ? topology : () => topology
  const made = make(atRest(options.seed))
  const world = await World.create(drawTerms(options), make, compile(made))
  const director = new Director(world, options.input)
  options.effects?.reset()
  const silence = listen(world)
  const missing = await director.run().finally(silence)
  const history = withEffects(historyOf(world, director, make(atRest(options.seed)), missing === null), options.effects)
  await world.broker.close()
  return {
    seed: options.seed,
    hits: Object.fromEntries(world.hits),
    virtualSeconds: activeSeconds(history),
    trace: traceOf(history),
    failures: [...director.findings(missing), ...judge(history)],
    faults: director.faults,
    records: world.terms.records,
  }
}

/** What was done, and what one process does that takes the same records one after another and never fails. */
function withEffects(history: History, effects: SimulationOptions['effects']): History {
  if (effects === undefined || !history.isDrained) return history
  const found = effects.read()
  effects.reset()
  runReference(history, 'by commit', [])
  return { ...history, effects: { found, expected: effects.read() } }
}

const eventNames: readonly WorkerEventName[] = [
  'worker.started',
  'worker.stopped',
  'tasks.assigned',
  'tasks.lost',
  'restore.started',
  'restore.ended',
  'commit.started',
  'commit.ended',
  'transaction.aborted',
  'record.rejected',
  'record.held',
  'record.retried',
  'record.late',
  'breaker.changed',
  'key.parked',
  'key.released',
]

function listen(world: World): () => void {
  const silences = eventNames.map((name) => subscribe(name, (detail) => world.note(name, detail)))
  return () => {
    for (const silence of silences) silence()
  }
}

function historyOf(world: World, { drained }: Director, topology: Topology, isDrained: boolean): History {
  const { broker, recorder, written, events } = world
  const { partitions } = recorder
  const stores = drained.flatMap(({ rows }) => rows.stores())
  const told = { requests: broker.requests(), events, audit: broker.audit() }
  return { topology, partitions, written, reads: [], ...told, stores, effects: null, isDrained }
}

/** Requests that go on for ever when nothing happens. */
const recurring: ReadonlySet<string> = new Set([
  'Fetch',
  'Heartbeat',
  'Metadata',
  'ListOffsets',
  'OffsetFetch',
  'ApiVersions',
])

/** Seconds of virtual time in which something was asked for that is no mere poll. */
function activeSeconds({ requests }: History): number {
  return new Set(requests.filter(({ api }) => !recurring.has(api)).map(({ time }) => Math.floor(time / 1_000))).size
}
