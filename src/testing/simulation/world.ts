/** A cluster, its clients and its workers in one thread of virtual time. */
import { type EmbeddedBroker, startBroker } from '../../broker/index.ts'
import { connectKafka } from '../../kafka/native/index.ts'
import type { Kafka } from '../../kafka/port.ts'
import type { WorkerEventName, WorkerEvents } from '../../observe/events.ts'
import { type Random, randomInteger, seededRandom } from '../../random.ts'
import type { RunOptions } from '../../runtime/settings.ts'
import type { Graph } from '../../topology/graph.ts'
import type { Topology } from '../../topology/topology.ts'
import type { SeenEvent, WrittenRecord } from './history.ts'
import { LogRecorder } from './oracles/log-recorder.ts'
import { newProcess } from './process.ts'
import { ProcessClock, Scheduler } from './scheduler.ts'
import type { Surroundings } from './surroundings.ts'
import type { Terms } from './terms.ts'
import { WorkerProcess } from './worker-process.ts'

/** Somebody who waits for an event. */
interface Ambush {
  readonly name: WorkerEventName
  readonly strike: (worker: WorkerProcess, detail: WorkerEvents[WorkerEventName]) => boolean
}

/** Virtual time begins there: 14 November 2023. */
const start = 1_700_000_000_000
const requestsKept = 1_000_000

export class World {
  readonly scheduler: Scheduler
  readonly terms: Terms
  readonly broker: EmbeddedBroker
  readonly recorder: LogRecorder
  readonly events: SeenEvent[] = []
  readonly workers: WorkerProcess[] = []
  readonly written: WrittenRecord[] = []
  /** How often each fault really happened. */
  readonly hits: Map<string, number> = new Map()
  readonly graph: Graph
  /** Of whoever decides what happens to the others. */
  readonly clock: ProcessClock
  /** Of the fault that is being caused. */
  random: Random
  readonly #ambushes: Set<Ambush> = new Set()
  readonly #counted: (() => void)[] = []
  readonly #held: Set<() => void> = new Set()
  readonly #topology: (surroundings: Surroundings) => Topology
  readonly #wire: ProcessClock

  private constructor(parts: {
    readonly terms: Terms
    readonly topology: (surroundings: Surroundings) => Topology
    readonly graph: Graph
    readonly scheduler: Scheduler
    readonly broker: EmbeddedBroker
  }) {
    this.terms = parts.terms
    this.#topology = parts.topology
    this.graph = parts.graph
    this.scheduler = parts.scheduler
    this.broker = parts.broker
    this.recorder = new LogRecorder(parts.broker)
    this.random = seededRandom(this.terms.seed ^ 0x5eed)
    this.clock = this.clockOf('director')
    this.#wire = this.clockOf('wire')
  }

  /** A world with its topics, and nobody at work. */
  static async create(terms: Terms, topology: (surroundings: Surroundings) => Topology, graph: Graph): Promise<World> {
    const scheduler = new Scheduler(start)
    const clock = new ProcessClock(scheduler, newProcess('broker', terms.seed))
    const broker = await startBroker({
      nodes: terms.nodes,
      inProcess: true,
      clock,
      random: seededRandom(terms.seed + 1),
      requestLog: requestsKept,
      audit: true,
      groupInitialRebalanceDelay: { milliseconds: 200 },
      features: { transactionVersion: terms.transactionVersion },
    })
    return new World({ terms, topology, graph, scheduler, broker })
  }

  clockOf(name: string): ProcessClock {
    return new ProcessClock(this.scheduler, newProcess(name, this.terms.seed + name.length))
  }

  /** A client that no fault of its own disturbs, on a process of its own. */
  client(name: string): { readonly kafka: Kafka; readonly clock: ProcessClock } {
    const clock = this.clockOf(name)
    const config = {
      clientId: name,
      brokers: this.broker.addresses.split(','),
      socketFactory: this.broker.socketFactory,
    }
    return { kafka: connectKafka(config, { clock, random: seededRandom(this.terms.seed + 2) }), clock }
  }

  /** Another worker process, at work under that name. */
  startWorker(instance: string, more: Partial<RunOptions> = {}): WorkerProcess {
    const { requestTimeout, commitInterval, sessionTimeout, transactionTimeout, seed } = this.terms
    const name = `${instance}.${this.workers.length}`
    const { broker, scheduler } = this
    const { socketFactory: dial, addresses: brokers } = broker
    const timeouts = { requestTimeout, commitInterval, sessionTimeout, transactionTimeout }
    const own = Math.imul(seed + 17, this.workers.length + 31)
    const worker = new WorkerProcess({ name, instance }, own, {
      scheduler,
      wire: this.#wire,
      dial,
      brokers,
      ...timeouts,
    })
    this.workers.push(worker)
    worker.start(this.#topology, more)
    return worker
  }

  /** The worker whose code runs. */
  get current(): WorkerProcess | null {
    const { current } = this.scheduler
    return this.workers.find(({ process }) => process === current) ?? null
  }

  /** Waits for an event of any worker; `strike` says whether it has done what it was there for. */
  ambush(name: WorkerEventName, strike: Ambush['strike']): void {
    this.#ambushes.add({ name, strike })
  }

  /** An event has happened: it is remembered, and whoever waited for it strikes. */
  note(name: WorkerEventName, detail: WorkerEvents[WorkerEventName]): void {
    const worker = this.current
    if (worker?.isAlive !== true) return
    this.events.push({ time: this.scheduler.now, worker: worker.name, name, detail })
    for (const each of this.#ambushes) {
      if (each.name === name && each.strike(worker, detail)) this.#ambushes.delete(each)
      if (!worker.isAlive) return
    }
  }

  /** Counts a fault at the end, if it has happened by then. */
  count(hasHappened: () => boolean, hit: () => void): void {
    this.#counted.push(() => {
      if (hasHappened()) hit()
    })
  }

  /** Ends something after a drawn time, or when the world is healed. */
  release(end: () => void, low: number, high: number): void {
    this.#held.add(end)
    this.clock.after(this.between(low, high), () => {
      if (this.#held.delete(end)) end()
    })
  }

  /** Whatever disturbs anything ends. */
  heal(): void {
    for (const end of this.#held) end()
    this.#held.clear()
    this.#ambushes.clear()
    for (const count of this.#counted.splice(0)) count()
    this.broker.faults.clear()
    for (const { id, state } of this.broker.nodes) {
      if (state === 'killed') void this.broker.startNode(id)
      if (state === 'paused') this.broker.resumeNode(id)
    }
    for (const worker of this.workers) worker.heal()
  }

  hit(fault: string): void {
    this.hits.set(fault, (this.hits.get(fault) ?? 0) + 1)
  }

  between(low: number, high: number): number {
    return randomInteger(this.random, low, high)
  }

  choose<Value>(from: readonly Value[]): Value | undefined {
    return from[Math.floor(this.random.next() * from.length)]
  }

  chance(share: number): boolean {
    return this.random.next() < share
  }
}
