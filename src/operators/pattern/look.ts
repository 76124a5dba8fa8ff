/** What a predicate sees beside the value. */
import type { TakeStep } from '../../topology/nodes/pattern.ts'
import { idOf, type RecordId, type Taken } from './run.ts'

/** A record as the automaton is shown it. */
export interface PatternRecord {
  readonly id: RecordId
  readonly key: unknown
  readonly value: unknown
}

export type ValueAt = (id: RecordId) => unknown

export type MatchValues = Readonly<Record<string, readonly unknown[]>>

/** The values of a match by step; a step that took nothing has an empty list. */
export function valuesOf(steps: readonly TakeStep[], taken: readonly Taken[], valueAt: ValueAt): MatchValues {
  const values: Record<string, unknown[]> = Object.create(null)
  for (const { name } of steps) values[name] = []
  for (const each of taken) values[steps[each[0]]!.name]!.push(valueAt(idOf(each)))
  return values
}

/** Second argument of a predicate. What the match holds so far is put together only when it is asked for. */
export class Look {
  readonly key: unknown
  readonly time: number
  private readonly steps: readonly TakeStep[]
  private readonly taken: readonly Taken[]
  private readonly valueAt: ValueAt
  private held: MatchValues | null = null

  constructor(steps: readonly TakeStep[], taken: readonly Taken[], { key, id }: PatternRecord, valueAt: ValueAt) {
    this.steps = steps
    this.taken = taken
    this.key = key
    this.time = id[0]
    this.valueAt = valueAt
  }

  get matches(): MatchValues {
    this.held ??= valuesOf(this.steps, this.taken, this.valueAt)
    return this.held
  }
}
