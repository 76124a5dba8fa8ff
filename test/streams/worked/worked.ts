/** The worked cases of `semantics.md` 4 that both sides answer alike, with the rows written there. */
import type { Case, Operator, OutputRow, Step } from '../case.ts'

export interface Worked {
  readonly name: string
  readonly about: Case
  readonly expected: readonly (readonly OutputRow[])[]
}

/** A record, and what it makes come out: [key, value, time]. */
export interface Line {
  readonly put: readonly [topic: string, key: string | null, value: string | null, time: number]
  readonly out: readonly (readonly [key: string | null, value: string | null, time: number])[]
}

/** Operators whose last one is looked at. */
export function worked(name: string, operator: string, operators: readonly Operator[], lines: readonly Line[]): Worked {
  const last = operators.at(-1)!.id
  const steps = lines.map(({ put: [topic, key, value, time] }): Step => ({ do: 'put', topic, key, value, time }))
  const output: Operator = { op: 'to', id: 'to', of: last, topic: 'out' }
  return {
    name,
    about: { operator, operators: [...operators, output], steps, stores: [] },
    expected: lines.map(({ out }) => out.map((row) => ['out', ...row])),
  }
}
