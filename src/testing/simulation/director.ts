/** The course of one run: topics, workers, input, faults, healing, draining, and an end at which every window closes. */
import { type Kafka, KafkaError } from '../../kafka/port.ts'
import { seededRandom } from '../../random.ts'
import { partitionName } from '../../record.ts'
import { type PlannedFault, planFaults } from './fault-plan.ts'
import { causeOf } from './faults/names.ts'
import type { Feed } from './feed.ts'
import type { Finding } from './history.ts'
import { planInput } from './input.ts'
import { Producer } from './producer.ts'
import { Supervisor } from './supervisor.ts'
import type { WorkerProcess } from './worker-process.ts'
import type { World } from './world.ts'

/** Virtual milliseconds in which everything must have settled once nothing disturbs it any more. */
const drainMilliseconds = 120_000
/** Between two looks at what is still to be read. */
const lookMilliseconds = 500
/** Between two looks at the logs: less than it takes until something in them is purged. */
const recordMilliseconds = 5_000

export class Director {
  readonly supervisor: Supervisor
  readonly faults: readonly PlannedFault[]
  readonly #world: World
  readonly #feeds: readonly Feed[]
  readonly #observer: { readonly kafka: Kafka }
  #producer: Producer | null = null
  readonly #final: WorkerProcess[] = []
  /** Of the inputs, as last seen. */
  #unread: readonly string[] = []

  constructor(world: World, feeds: readonly Feed[]) {
    this.#world = world
    this.#feeds = feeds
    this.supervisor = new Supervisor(world)
    this.faults = planFaults(world.terms)
    this.#observer = world.client('observer')
  }

  /** @returns what was still missing when the time was over, or null */
  async run(): Promise<string | null> {
    await this.#within(this.#prepare(), 'making topics')
    this.#watchLogs()
    const write = await this.#within(this.#begin(), 'writing global tables')
    this.supervisor.begin()
    const writing = write()
    const { scheduler, terms } = this.#world
    this.#planFaults()
    await scheduler.untilTrue(() => false, scheduler.now + terms.span)
    this.#heal()
    return await this.#drain(writing)
  }

  /** What went wrong besides results: it was not through in time, or a worker ended by an error that no fault excuses. */
  findings(missing: string | null): Finding[] {
    const late = missing === null ? [] : [{ oracle: 'liveness', what: [missing, ...this.#unread].join('; ') }]
    const crashed = this.supervisor.failures.filter(({ error }) => !isExcused(error))
    return [
      ...late,
      ...crashed.map(({ worker, time, error }) => ({ oracle: 'workers', what: ended(worker, time, error) })),
    ]
  }

  async #drain(writing: Promise<void>): Promise<string | null> {
    const stages: readonly (readonly [what: string, stage: () => Promise<unknown>])[] = [
      ['writing the input', () => writing],
      ['working the input', () => this.#read()],
      ['stopping the workers', () => this.supervisor.stop()],
      ['the bounded run at the end', () => this.#finish()],
    ]
    try {
      for (const [what, stage] of stages) await this.#within(stage(), what)
      return null
    } catch (error) {
      return causesOf(error).join('; because ')
    } finally {
      this.#world.recorder.take()
    }
  }

  #within<Value>(promise: Promise<Value>, what: string): Promise<Value> {
    const { scheduler } = this.#world
    return scheduler.until(promise, scheduler.now + drainMilliseconds, what)
  }

  async #prepare(): Promise<void> {
    const { kafka } = this.#observer
    const { graph } = this.#world
    await kafka.connect()
    const names = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name))
    for (const { topic } of this.#feeds) names.add(topic.name)
    await kafka.topics.create([...names].map((name) => ({ name, partitions: this.#partitionsOf(name) })))
  }

  #partitionsOf(topic: string): number {
    const fed = this.#feeds.find((each) => each.topic.name === topic)
    return fed?.partitions ?? this.#world.terms.partitions
  }

  #watchLogs(): void {
    this.#world.recorder.take()
    this.#world.clock.after(recordMilliseconds, () => this.#watchLogs())
  }

  /**
   * What every worker holds whole is there before they begin: who reads it later would see another table.
   * @returns how to write the rest
   */
  async #begin(): Promise<() => Promise<void>> {
    const world = this.#world
    const { kafka, clock } = world.client('producer')
    const random = seededRandom(world.terms.seed + 3)
    const producer = new Producer(kafka, clock, random)
    this.#producer = producer
    const { now: from } = world.scheduler
    const { span, records } = world.terms
    const partitions = new Map(this.#feeds.map(({ topic }) => [topic.name, this.#partitionsOf(topic.name)]))
    const planned = planInput({ feeds: this.#feeds, records, from, to: from + span * 0.9, partitions, random })
    const globals = new Set(world.graph.globalTables.map(({ name }) => name))
    await kafka.connect()
    await producer.begin()
    await producer.write(planned.filter(({ topic }) => globals.has(topic)))
    return async () => {
      await producer.write(planned.filter(({ topic }) => !globals.has(topic)))
      world.written.push(...producer.written)
      await producer.close()
      await kafka.close()
    }
  }

  #planFaults(): void {
    const world = this.#world
    for (const { number, name, at } of this.faults) {
      world.clock.after(at, () => {
        // Whatever it draws is its own: no other fault changes with it.
        world.random = seededRandom(Math.imul(world.terms.seed + 1, number + 101))
        causeOf(name)(world, () => world.hit(name))
      })
    }
  }

  #heal(): void {
    this.supervisor.heal()
    this.#world.heal()
  }

  /** Until the group has committed all that is known to be in the inputs. */
  async #read(): Promise<void> {
    const { scheduler, graph, clock } = this.#world
    const globals = new Set(graph.globalTables.map(({ name }) => name))
    const ends = [...this.#producer!.ends.values()].filter(({ topic }) => !globals.has(topic))
    while (scheduler.now >= 0 && ends.length > 0) {
      const positions = await this.#observer.kafka.positions(graph.app, ends)
      this.#unread = ends.flatMap(({ offset: end, ...place }, index) => {
        const { offset } = positions[index]!
        return offset >= end ? [] : [`${partitionName(place)} at ${offset} of ${end}`]
      })
      if (this.#unread.length === 0) return
      await new Promise<void>((resolve) => void clock.after(lookMilliseconds, resolve))
    }
  }

  /** Those that ended as they were told after all was drained: their state is whole. */
  get drained(): readonly WorkerProcess[] {
    return [...this.supervisor.stopped, ...this.#final].filter(({ ending }) => ending?.kind === 'done')
  }

  /** Everything that is still in memory or in between comes out. A bounded run that was refused goes on under its name. */
  async #finish(): Promise<void> {
    for (;;) {
      const worker = this.#world.startWorker('final', { until: 'end', runId: 'final' })
      this.#final.push(worker)
      const ending = await worker.ended
      if (ending.kind === 'done') return
      if (ending.kind === 'failed' && !isExcused(ending.error)) throw ending.error
    }
  }
}

/** Refused because another process has its name, or because Kafka could not be reached: somebody starts it again. */
function isExcused(error: unknown): boolean {
  return error instanceof KafkaError || causeOfError(error) instanceof KafkaError
}

function causeOfError(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

function ended(worker: string, time: number, error: unknown): string {
  return `${worker} ended at ${new Date(time).toISOString()}: ${causesOf(error).join('; because ')}`
}

function causesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return error === undefined ? [] : [String(error)]
  return [error.stack ?? error.message, ...causesOf(error.cause)]
}
