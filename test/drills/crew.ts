/** The worker processes of a drill: started, killed with SIGKILL while they work, started again under their names. */
import type { Kafka } from '../../scripts/tools/client.ts'
import { startWorker, type WorkerEnd, type WorkerProcess } from '../../scripts/tools/worker.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'

export interface CrewSpec {
  readonly file: string
  /** Name of the topology. */
  readonly app: string
  readonly brokers: string
  readonly instances: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Further words for `millrace run`. */
  readonly words?: (instance: string) => readonly string[]
}

export class Crew {
  kills = 0
  /** After which Kafka said that the worker's transaction was open. */
  killsInTransaction = 0
  readonly #spec: CrewSpec
  readonly #workers = new Map<string, WorkerProcess>()
  #failure: Error | null = null

  constructor(spec: CrewSpec) {
    this.#spec = spec
  }

  /** Without a run's id until they are stopped, with one until the end of the input. */
  start(runId?: string): void {
    for (const instance of this.#spec.instances) this.startOne(instance, runId)
  }

  startOne(instance: string, runId?: string): void {
    const { file, brokers, environment = {}, words = () => [] } = this.#spec
    const bounds = runId === undefined ? {} : { runId }
    const worker = startWorker({ file, brokers, instance, environment, words: words(instance), ...bounds })
    this.#workers.set(instance, worker)
    void worker.ended.then((end) => this.#ended(worker, end))
  }

  /** Resolves when all workers have come to the end of their input, or were stopped. @throws Error when one failed */
  async finished(): Promise<readonly WorkerEnd[]> {
    const ends = await Promise.all([...this.#workers.values()].map(({ ended }) => ended))
    this.check()
    return ends
  }

  async stop(): Promise<void> {
    for (const worker of this.#workers.values()) worker.stop()
    await this.finished()
  }

  /** @throws Error when a worker ended that nobody had ended */
  check(): void {
    if (this.#failure !== null) throw this.#failure
  }

  /** Every so often kills one worker, in turn, and starts it again, until `isOver`. */
  async rage(kafka: Kafka, everyMilliseconds: number, isOver: () => boolean): Promise<void> {
    for (let turn = 0; ; turn++) {
      const until = systemClock.monotonic() + everyMilliseconds
      while (!isOver() && systemClock.monotonic() < until) await sleep(systemClock, 50)
      if (isOver()) return
      const instance = this.#spec.instances[turn % this.#spec.instances.length]!
      await this.strike(kafka, instance, turn % 2 === 1)
      this.startOne(instance)
    }
  }

  /**
   * Kills a worker.
   * @param aimed held still first, at moments of chance, until it is held with its transaction open
   */
  async strike(kafka: Kafka, instance: string, aimed: boolean): Promise<void> {
    const worker = this.#workers.get(instance)!
    const until = systemClock.monotonic() + 1_500
    while (aimed && worker.signal('SIGSTOP') && systemClock.monotonic() < until) {
      if (await this.#isInTransaction(kafka, instance)) break
      worker.signal('SIGCONT')
      await sleep(systemClock, 3)
    }
    worker.kill()
    await worker.ended
    this.check()
    this.kills++
    // Asked before the restart: a returning worker ends what its dead self left open.
    if (await this.#isInTransaction(kafka, instance)) this.killsInTransaction++
  }

  pidOf(instance: string): number {
    return this.#workers.get(instance)!.pid
  }

  /** Stands still for so long, then goes on as if nothing had been: for Kafka it was gone. */
  async stall(instance: string, milliseconds: number): Promise<void> {
    const worker = this.#workers.get(instance)!
    worker.signal('SIGSTOP')
    await sleep(systemClock, milliseconds)
    worker.signal('SIGCONT')
  }

  async strikeAll(kafka: Kafka): Promise<void> {
    for (const instance of this.#spec.instances) await this.strike(kafka, instance, false)
  }

  /** Most memory any worker has had, bytes. */
  get peakRssBytes(): number {
    return Math.max(0, ...[...this.#workers.values()].map((worker) => worker.peakRssBytes()))
  }

  async #isInTransaction(kafka: Kafka, instance: string): Promise<boolean> {
    const id = `${this.#spec.app}-${instance}-0`
    return (await kafka.admin.transactions.describe([id])).get(id) === 'Ongoing'
  }

  #ended({ instance, told }: WorkerProcess, { code, signal, said }: WorkerEnd): void {
    if (code === 0 || (told === 'to die' && signal === 'SIGKILL')) return
    this.#failure ??= new Error(`Worker ${instance} ended with ${signal ?? `exit code ${code}`}\n${said}`)
  }
}
