/** The demo's two worker processes: started, watched, killed and started again under the same name. */
import { fileURLToPath } from 'node:url'
import { startWorker, type WorkerEnd, type WorkerProcess } from '../../scripts/tools/worker.ts'
import { flightsByHour } from './topology.ts'

const topologyFile: string = fileURLToPath(new URL('./topology.ts', import.meta.url))
const instances = ['north', 'south'] as const

/** `bounded` workers exit at the end of the input, `unbounded` ones run until they are killed. */
export type Mode = 'bounded' | 'unbounded'

export interface CrewOptions {
  readonly brokers: string
  readonly outOfOrderness: string
  readonly runId: string
  /** As text; absent: Millrace's default. */
  readonly commitInterval?: string
}

/** A worker that ended by itself, and not because its work was done. */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure'

  constructor(instance: string, end: WorkerEnd) {
    super(`Worker ${instance} ended with ${end.signal ?? `exit code ${end.code}`}\n${end.said}`)
  }
}

/** The workers of one demo. */
export class Crew {
  /** Rejects with a `WorkerFailure` as soon as a worker fails; never resolves. */
  readonly failure: Promise<never>
  readonly #options: CrewOptions
  readonly #workers: WorkerProcess[] = []
  readonly #done = new Set<string>()
  #fail: (error: Error) => void = () => {}
  #finish: () => void = () => {}
  #peakRssBytes = 0

  /** Resolves when every worker has come to the end of its work. */
  readonly finished: Promise<void>

  constructor(options: CrewOptions) {
    this.#options = options
    this.failure = new Promise((_, reject) => {
      this.#fail = reject
    })
    // Whoever waits for something races it against this promise; that nobody waits just now is no crash.
    this.failure.catch(() => {})
    this.finished = new Promise((resolve) => {
      this.#finish = resolve
    })
  }

  get size(): number {
    return instances.length
  }

  get isFinished(): boolean {
    return this.#done.size === this.size
  }

  /** Most memory any worker has had, in bytes. */
  get peakRssBytes(): number {
    for (const worker of this.#workers) this.#notePeak(worker.peakRssBytes())
    return this.#peakRssBytes
  }

  /** Starts every worker. */
  start(mode: Mode): void {
    for (const place of instances.keys()) this.startOne(place, mode)
  }

  /** Starts the worker at `place`; one that was there before has its name again. */
  startOne(place: number, mode: Mode): void {
    const { runId, outOfOrderness, brokers, commitInterval } = this.#options
    const worker = startWorker({
      file: topologyFile,
      brokers,
      instance: instances[place]!,
      environment: {
        FLIGHTS_OUT_OF_ORDERNESS: outOfOrderness,
        ...(commitInterval === undefined ? {} : { MILLRACE_COMMIT_INTERVAL: commitInterval }),
      },
      ...(mode === 'bounded' ? { runId } : {}),
    })
    this.#workers[place] = worker
    worker.ended.then((end) => this.#ended(worker, end, mode), this.#fail)
  }

  /** Asks every worker to stop, and waits until they have: a stopped worker has committed what it did. */
  async stop(): Promise<void> {
    for (const worker of this.#workers) worker.stop()
    await Promise.race([Promise.all(this.#workers.map((worker) => worker.ended)), this.failure])
  }

  /** Kills the worker at `place`; false when it had already ended. */
  async kill(place: number): Promise<boolean> {
    const worker = this.#workers[place]!
    if (!worker.alive) return false
    this.#notePeak(worker.peakRssBytes())
    worker.kill()
    const { signal } = await worker.ended
    return signal === 'SIGKILL'
  }

  /** Makes the worker at `place` stand still; false when it has ended. */
  hold(place: number): boolean {
    return this.#workers[place]!.signal('SIGSTOP')
  }

  /** Lets it go on. */
  release(place: number): void {
    this.#workers[place]!.signal('SIGCONT')
  }

  /** By this name Kafka knows the transactions of the worker at `place`. */
  transactionalId(place: number): string {
    return `${flightsByHour.name}-${instances[place]}-0`
  }

  #ended(worker: WorkerProcess, end: WorkerEnd, mode: Mode): void {
    this.#notePeak(end.usage?.peakRssBytes ?? 0)
    if (worker.told === 'to die' && end.signal === 'SIGKILL') return
    if (worker.told === 'to stop' && end.code === 0) return
    const workIsDone = end.code === 0 && mode === 'bounded'
    if (!workIsDone) this.#fail(new WorkerFailure(worker.instance, end))
    else this.#done.add(worker.instance)
    if (this.isFinished) this.#finish()
  }

  #notePeak(bytes: number): void {
    this.#peakRssBytes = Math.max(this.#peakRssBytes, bytes)
  }
}
