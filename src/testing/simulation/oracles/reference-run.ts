/** The topology worked once more over what was committed to its inputs, and nothing happens meanwhile. */
import { partitionName, type TopicPartition } from '../../../record.ts'
import { newCounters } from '../../../runtime/counters.ts'
import { BatchBuilder } from '../../../wire/batch.ts'
import { DrivenClock } from '../../driven-clock.ts'
import { Engine } from '../../engine.ts'
import { keyAt, MemoryLog, valueAt } from '../../memory-log.ts'
import { testable } from '../../testable.ts'
import type { History, LoggedPartition, LoggedRecord } from '../history.ts'
import { exact, factsOf, visible } from './facts.ts'
import { recordingsOf } from './recorded-decisions.ts'
import { Slices } from './slices.ts'

/** A row of a topic: what is compared of it. Partition and timestamp may differ. */
export interface Row {
  readonly key: string
  readonly value: string
}

/** By topic. */
export type Rows = ReadonlyMap<string, readonly Row[]>

export interface ReferenceRun {
  /** What must have come out when all was read. */
  readonly sofar: Rows
  /** What may come out as well, as time goes on: of windows that were still open. */
  readonly later: Rows
  /** By transaction of the real run: what its records made come out at once. */
  readonly caused: ReadonlyMap<string, Rows>
}

/** Records that are given together. `name` is that of the transaction that took them. */
interface Portion {
  readonly name: string
  readonly parts: readonly { readonly log: LoggedPartition; readonly records: readonly LoggedRecord[] }[]
}

/** In which order inputs are read: as the run committed them, or one partition after the other. */
export type Reading = 'by commit' | 'by partition'

/**
 * Every worker has committed to the order in which it is read; what depends on that isn't demanded.
 * @param topics full names of what is looked at
 * @throws whatever stops a worker
 */
export function runReference(history: History, reading: Reading, topics: readonly string[]): ReferenceRun {
  const world = new ReferenceWorld(history)
  try {
    const caused = new Map<string, Rows>()
    const sofar = new Map<string, Row[]>()
    for (const portion of portions[reading](history)) {
      world.give(portion)
      const rows = world.take(topics)
      for (const [topic, each] of rows) {
        const before = sofar.get(topic)
        if (before === undefined) sofar.set(topic, [...each])
        else for (const row of each) before.push(row)
      }
      caused.set(portion.name, joined(caused.get(portion.name), rows))
    }
    world.end()
    return { sofar, later: world.take(topics), caused }
  } finally {
    world.close()
  }
}

const portions: Readonly<Record<Reading, (history: History) => Iterable<Portion>>> = {
  'by commit': function* (history) {
    const { moves, logs, graph } = factsOf(history)
    const inputs = new Set(graph.inputs.map(({ name }) => name))
    const slices = new Slices()
    let portion: { readonly name: string; readonly parts: Portion['parts'][number][] } | null = null
    for (const { topic, partition, from, to, transaction } of moves) {
      const log = logs.get(partitionName({ topic, partition }))
      if (log === undefined || !inputs.has(topic) || to <= from) continue
      if (portion !== null && portion.name !== transaction) {
        yield portion
        portion = null
      }
      portion ??= { name: transaction, parts: [] }
      portion.parts.push({ log, records: slices.of(log, from, to) })
    }
    if (portion !== null) yield portion
  },
  'by partition': function* (history) {
    const { logs, positions, graph } = factsOf(history)
    const inputs = new Set(graph.inputs.map(({ name }) => name))
    const slices = new Slices()
    for (const [name, log] of logs) {
      if (!inputs.has(log.topic)) continue
      yield { name, parts: [{ log, records: slices.of(log, 0, positions.get(name) ?? 0) }] }
    }
  },
}

function joined(before: Rows | undefined, more: Rows): Rows {
  if (before === undefined) return more
  return new Map([...more].map(([topic, rows]) => [topic, [...(before.get(topic) ?? []), ...rows]]))
}

/** The runtime's own tasks over a log in memory. */
class ReferenceWorld {
  readonly #log = new MemoryLog()
  readonly #clock = new DrivenClock(null)
  readonly #engine: Engine
  /** How far each partition was taken from. */
  readonly #taken: Map<string, number> = new Map()

  constructor(history: History) {
    const { graph, logs } = factsOf(history)
    const inputs = new Set(graph.inputs.map(({ name }) => name))
    const partitions = 1 + Math.max(0, ...[...logs.values()].map((log) => (inputs.has(log.topic) ? log.partition : 0)))
    this.#engine = new Engine({
      graph: testable(graph, { partitions, checksLead: true }),
      log: this.#log,
      clock: this.#clock,
      partitions,
      decisions: recordingsOf(history),
      state: undefined,
      deadLetters: { rateLimit: 'off' },
      crashes: null,
      counted: newCounters(),
    })
    this.#loadTables(history)
  }

  give({ parts }: Portion): void {
    for (const { log, records } of parts) this.#append(log, records)
    this.#engine.settle()
  }

  /** What came into topics since the last time. Marks of time are for readers of ours. */
  take(topics: readonly string[]): Rows {
    return new Map(topics.map((topic) => [topic, this.#takeTopic(topic)]))
  }

  end(): void {
    this.#engine.end()
  }

  close(): void {
    this.#engine.close()
  }

  #takeTopic(topic: string): Row[] {
    const rows: Row[] = []
    for (let partition = 0; partition < (this.#engine.plan.partitions.get(topic) ?? 0); partition++) {
      const place = { topic, partition }
      const [from, end] = [this.#taken.get(partitionName(place)) ?? 0, this.#log.end(place)]
      if (from === end) continue
      for (const cursor of this.#log.records(place, from, end)) {
        const isMark = cursor.headers().some(({ name }) => name === '__millrace.mark')
        if (!isMark) rows.push({ key: exact(keyAt(cursor)), value: exact(valueAt(cursor)) })
      }
      this.#taken.set(partitionName(place), end)
    }
    return rows
  }

  /** Read whole by every worker, before all else. */
  #loadTables(history: History): void {
    const { graph, logs } = factsOf(history)
    const tables = new Set(graph.globalTables.map(({ name }) => name))
    for (const log of logs.values()) {
      if (!tables.has(log.topic)) continue
      const [from, records] = [this.#log.end(log), visible(log)]
      this.#append(log, records)
      for (let offset = from; offset < from + records.length; offset++) this.#engine.applyToTable(log, offset)
    }
  }

  #append({ topic, partition }: TopicPartition, records: readonly LoggedRecord[]): void {
    if (records.length === 0) return
    if (this.#clock.start(records[0]!.timestamp)) this.#engine.started()
    const builder = new BatchBuilder()
    for (const { timestamp, key, value, headers } of records) builder.append(timestamp, key, value, headers)
    this.#log.append({ topic, partition }, builder.build({}))
  }
}
