/** One worker as a process of its own: its client, its clock, its network, its memory, and an end at any moment. */
import type { Duration } from '../../clock.ts'
import { connectKafka } from '../../kafka/native/index.ts'
import type { Kafka } from '../../kafka/port.ts'
import { type Random, seededRandom } from '../../random.ts'
import { runWorker } from '../../runtime/run.ts'
import type { RunOptions, RunSummary } from '../../runtime/settings.ts'
import type { Topology } from '../../topology/topology.ts'
import { KeptRows } from './kept-rows.ts'
import type { Dial } from './network/parts.ts'
import { ProcessNetwork } from './network/process-network.ts'
import { newProcess, type Process } from './process.ts'
import { ProcessClock, type Scheduler } from './scheduler.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'

export interface WorkerTerms {
  readonly scheduler: Scheduler
  /** What is sent travels on this one. */
  readonly wire: ProcessClock
  readonly dial: Dial
  readonly brokers: string
  /** Milliseconds the client waits for an answer. */
  readonly requestTimeout: number
  readonly commitInterval: Duration
  readonly sessionTimeout: Duration
  readonly transactionTimeout: Duration
}

/** What became of it: it ended as told, it failed, or it was killed and will never say. */
export type Ending =
  | { readonly kind: 'done'; readonly summary: RunSummary }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'killed' }

export class WorkerProcess {
  /** Unique among all that ever ran. */
  readonly name: string
  /** The name under which it comes again. */
  readonly instance: string
  readonly process: Process
  readonly clock: ProcessClock
  readonly network: ProcessNetwork
  readonly rows = new KeptRows()
  ending: Ending | null = null
  readonly ended: Promise<Ending>
  readonly #random: Random
  readonly #seed: number
  readonly #terms: WorkerTerms
  readonly #stopping = new AbortController()
  readonly #settle: (ending: Ending) => void

  constructor(names: { readonly name: string; readonly instance: string }, seed: number, terms: WorkerTerms) {
    this.name = names.name
    this.instance = names.instance
    this.process = newProcess(names.name, seed)
    this.#random = seededRandom(seed)
    this.#seed = seed + 1
    this.#terms = terms
    this.clock = new ProcessClock(terms.scheduler, this.process)
    const { dial, wire } = terms
    const kill = (): void => this.kill(false)
    this.network = new ProcessNetwork({ dial, wire, clock: this.clock, random: this.#random, kill })
    const { promise, resolve } = Promise.withResolvers<Ending>()
    this.ended = promise
    this.#settle = (ending) => {
      this.ending ??= ending
      resolve(this.ending)
    }
  }

  get isAlive(): boolean {
    return this.ending === null
  }

  /** Frozen processes are alive and do nothing. */
  get isFrozen(): boolean {
    return this.process.frozenUntil > this.clock.monotonic()
  }

  /** Begins to work, at once or when its turn comes. */
  start(topology: (surroundings: Surroundings) => Topology, more: Partial<RunOptions> = {}): void {
    this.clock.soon(() => {
      this.#run(topology(surroundingsOf(this.clock, this.#seed)), more).then(
        (summary) => this.#settle({ kind: 'done', summary }),
        (error: unknown) => this.#settle({ kind: 'failed', error }),
      )
    })
  }

  /** SIGKILL: nothing of it happens any more. What its sockets were given arrives, or is lost. */
  kill(losesSent: boolean): void {
    if (!this.isAlive) return
    this.process.isDead = true
    this.network.die(losesSent)
    this.#settle({ kind: 'killed' })
  }

  /** SIGTERM. */
  stop(): void {
    this.clock.soon(() => this.#stopping.abort())
  }

  /** SIGSTOP, and SIGCONT after that long. */
  freeze(milliseconds: number): void {
    this.process.frozenUntil = this.clock.monotonic() + milliseconds
  }

  /** Goes on, with a clock that is right and a network that works. */
  heal(): void {
    this.network.heal()
    this.process.frozenUntil = 0
    this.clock.skew = 0
  }

  async #run(topology: Topology, more: Partial<RunOptions>): Promise<RunSummary> {
    const { commitInterval, sessionTimeout, transactionTimeout } = this.#terms
    const kafka = this.#client()
    try {
      return await runWorker(topology, {
        kafka,
        clock: this.clock,
        random: this.#random,
        instance: this.instance,
        state: this.rows,
        signal: this.#stopping.signal,
        commitInterval,
        sessionTimeout,
        transactionTimeout,
        ...more,
      })
    } finally {
      await kafka.close()
    }
  }

  #client(): Kafka {
    const { brokers, requestTimeout } = this.#terms
    const config = {
      clientId: this.name,
      brokers: brokers.split(','),
      requestTimeout,
      socketFactory: this.network.connect,
    }
    return connectKafka(config, { clock: this.clock, random: this.#random })
  }
}
