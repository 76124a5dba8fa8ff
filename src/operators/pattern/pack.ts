/** Runs as short lists of numbers: they are written whenever they change. */
import { idOf, type RecordId, type Run, startOf, type Taken } from './run.ts'

/** Count, fresh, open targets, then step, milliseconds since the start and sequence of each record taken. */
export type PackedRun = readonly [count: number, fresh: 0 | 1, open: readonly number[], ...taken: number[]]

const recordsFrom = 3
const numbersPerRecord = 3

/** @example unpackRun(packRun(run), startOf(run.taken)[0]) // equals run */
export function packRun({ taken, count, open, fresh }: Run): PackedRun {
  const [start] = startOf(taken)
  const numbers = taken.flatMap(([step, time, sequence]) => [step, time - start, sequence])
  return [count, fresh ? 1 : 0, open, ...numbers]
}

export function unpackRun(packed: PackedRun, start: number): Run {
  const [count, fresh, open] = packed
  const numbers = packed.slice(recordsFrom) as number[]
  const taken: Taken[] = []
  for (let at = 0; at < numbers.length; at += numbersPerRecord) {
    taken.push([numbers[at]!, start + numbers[at + 1]!, numbers[at + 2]!])
  }
  return { taken, count, open, fresh: fresh === 1 }
}

/** The records that runs hold, each once. */
export function recordsIn(runs: readonly Run[]): Map<string, RecordId> {
  const ids = new Map<string, RecordId>()
  for (const { taken } of runs) for (const each of taken) ids.set(nameOf(idOf(each)), idOf(each))
  return ids
}

/** Of a record of one key, unique while anything holds it. */
export function nameOf([time, sequence]: RecordId): string {
  return `${time}:${sequence}`
}
