/** What one task's operators may do: encode into outputs, look rows up, report the rows that failed. */
import { reject } from '../faults.ts'
import type { Serde } from '../serde/serde.ts'
import type { Outputs } from './emit.ts'
import type { Failures } from './failures.ts'
import type { GlobalTables } from './global-tables.ts'
import type { Thread } from './settings.ts'
import type { Task, TaskEnvironment } from './task.ts'

export interface EnvironmentPorts {
  readonly thread: Thread
  readonly outputs: Outputs
  readonly failures: Failures
  readonly globals: GlobalTables
}

export function taskEnvironment(task: Task, { thread, outputs, failures, globals }: EnvironmentPorts): TaskEnvironment {
  const emit = (
    topic: string,
    key: Serde<unknown>,
    value: Serde<unknown>,
    record: { key: unknown; value: unknown; time: number },
  ): void => {
    const encodedKey = encode(key, record.key)
    const encodedValue = encode(value, record.value)
    const partition = outputs.partitionOf(topic, encodedKey, task.description.partition)
    outputs.append(task.undo, topic, partition, record.time, encodedKey, encodedValue)
  }
  return {
    app: thread.graph.app,
    globalTable: (topic) => globals.view(topic),
    emitSink: ({ topic }, key, value, time) => emit(topic.name, topic.key, topic.value, { key, value, time }),
    emitRepartition: (node, topic, key, value, time) =>
      emit(topic, node.keySerde, node.valueSerde, { key, value, time }),
    rowFailed: (error, row) => failures.row(task, error, row),
    counters: thread.counters,
  }
}

/** A null goes out as null: a tombstone, or a record without key. */
function encode(serde: Serde<unknown>, value: unknown): Uint8Array | string | null {
  if (value === null || value === undefined) return null
  try {
    return serde.encode(value)
  } catch (error) {
    throw reject(`A value could not be encoded as ${serde.name}`, { code: 'MR3002', cause: error })
  }
}
