/** What one task's operators may do: encode into outputs, look rows up, report the rows that failed. */
import type { Serde } from '../../serde/serde.ts'
import { type Outputs, partitionAmong } from '../commit/emit.ts'
import { type Encoded, encode, type Output } from '../commit/output.ts'
import type { Failures } from '../failures/failures.ts'
import { writeLateLetter } from '../failures/late-letters.ts'
import type { GlobalTables } from '../restore/global-tables.ts'
import type { Thread } from '../settings.ts'
import type { Task, TaskEnvironment } from './task.ts'

export interface EnvironmentPorts {
  readonly thread: Thread
  readonly outputs: Outputs
  readonly failures: Failures
  readonly globals: GlobalTables
}

export function taskEnvironment(task: Task, { thread, outputs, failures, globals }: EnvironmentPorts): TaskEnvironment {
  const emitters = new Emitters(task, outputs)
  return {
    app: thread.graph.app,
    globalTable: (topic) => globals.view(topic),
    emitSink: (node, key, value, time) => {
      const { topic } = node
      emitters.of(node, topic.name, topic.key, topic.value, topic.kind !== 'topic').emit(key, value, time)
    },
    emitRepartition: (node, topic, key, value, time) => {
      emitters.of(node, topic, node.keySerde, node.valueSerde, false).emit(key, value, time)
    },
    rowFailed: (error, row) => failures.row(task, error, row),
    lateLetter: (queue, node, late) => writeLateLetter({ thread, outputs, task }, queue, node, late),
    counters: thread.counters,
    clock: thread.clock,
    ...(thread.breakers && { breakers: thread.breakers }),
    ...(thread.hand && { hand: thread.hand }),
  }
}

/** One per node that writes: topics and partitions are looked up when it writes for the first time. */
class Emitters {
  private readonly task: Task
  private readonly outputs: Outputs
  private readonly byNode = new Map<object, Emitter>()
  private lastNode: object | null = null
  private last: Emitter | null = null

  constructor(task: Task, outputs: Outputs) {
    this.task = task
    this.outputs = outputs
  }

  of(node: object, topic: string, key: Serde<unknown>, value: Serde<unknown>, deletes: boolean): Emitter {
    if (node === this.lastNode) return this.last!
    let emitter = this.byNode.get(node)
    if (emitter === undefined) {
      emitter = new Emitter(this.task, this.outputs.to(topic), key, value, deletes)
      this.byNode.set(node, emitter)
    }
    this.lastNode = node
    this.last = emitter
    return emitter
  }
}

/** Writes the records of one node. */
class Emitter {
  private readonly task: Task
  private readonly partitions: readonly Output[]
  private readonly key: Serde<unknown>
  private readonly value: Serde<unknown>
  /** True where null may go out as a value: it is one, or it deletes a row. */
  private readonly takesNull: boolean

  constructor(task: Task, to: readonly Output[], key: Serde<unknown>, value: Serde<unknown>, deletes: boolean) {
    this.task = task
    this.partitions = to
    this.key = key
    this.value = value
    this.takesNull = deletes || value.nullable
  }

  emit(key: unknown, value: unknown, time: number): void {
    const { task, partitions } = this
    const encoded: Encoded = key === null && this.key.nullable ? null : encode(this.key, key)
    const output = partitions[partitionAmong(partitions.length, encoded, task.description.partition)]!
    if (value === null && this.takesNull) output.append(task.undo, time, encoded, null)
    else output.emit(task.undo, time, encoded, this.value, value)
  }
}
