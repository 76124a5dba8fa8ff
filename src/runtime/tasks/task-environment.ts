/** What one task's operators may do: encode into outputs, look rows up, report the rows that failed. */
import { findFault, reject } from '../../faults.ts'
import type { Serde } from '../../serde/serde.ts'
import type { Outputs } from '../commit/emit.ts'
import type { Failures } from '../failures/failures.ts'
import { writeLateLetter } from '../failures/late-letters.ts'
import type { GlobalTables } from '../restore/global-tables.ts'
import type { Thread } from '../settings.ts'
import type { Task, TaskEnvironment } from './task.ts'

type Encoded = Uint8Array | string | null

export interface EnvironmentPorts {
  readonly thread: Thread
  readonly outputs: Outputs
  readonly failures: Failures
  readonly globals: GlobalTables
}

export function taskEnvironment(task: Task, { thread, outputs, failures, globals }: EnvironmentPorts): TaskEnvironment {
  const emit = (topic: string, fallback: number, time: number, key: Encoded, value: Encoded): void => {
    outputs.append(task.undo, topic, outputs.partitionOf(topic, key, fallback), time, key, value)
  }
  const { partition } = task.description
  return {
    app: thread.graph.app,
    globalTable: (topic) => globals.view(topic),
    emitSink: ({ topic }, key, value, time) => {
      const deletes = topic.kind !== 'topic'
      emit(topic.name, partition, time, encode(topic.key, key, false), encode(topic.value, value, deletes))
    },
    emitRepartition: ({ keySerde, valueSerde }, topic, key, value, time) => {
      emit(topic, partition, time, encode(keySerde, key, false), encode(valueSerde, value, false))
    },
    rowFailed: (error, row) => failures.row(task, error, row),
    lateLetter: (queue, node, late) => writeLateLetter({ thread, outputs, task }, queue, node, late),
    counters: thread.counters,
    clock: thread.clock,
    ...(thread.breakers && { breakers: thread.breakers }),
    ...(thread.hand && { hand: thread.hand }),
  }
}

/** Null goes out as null where that is a value, or deletes a row; anything else the serde must be able to say. */
function encode(serde: Serde<unknown>, value: unknown, deletes: boolean): Encoded {
  if (value === null && (deletes || serde.nullable)) return null
  try {
    return serde.encode(value)
  } catch (error) {
    throw findFault(error) ?? reject(`A value could not be encoded as ${serde.name}`, { code: 'MR3002', cause: error })
  }
}
