/** Pieces of topologies that families share. */
import type { Case, Operator, Put } from '../case.ts'
import type { Draw } from '../draw.ts'
import { falls } from '../millrace/values.ts'

/** Stateless steps in a row. */
export interface Chainlet {
  readonly operators: readonly Operator[]
  /** What to name as input of the next step. */
  readonly last: string
}

/** Nothing, or a filter and maps in front of an operator. The filter comes first: it sees the record's own value. */
export function before(draw: Draw, input: string): Chainlet {
  const filter = draw.once(4) ? { modulus: draw.integer(2, 4), drops: draw.integer(0, 1) } : null
  const operators: Operator[] = []
  const last = (): string => operators.at(-1)?.id ?? input
  if (filter !== null) operators.push({ op: 'filter', id: `${input}-kept`, of: input, ...filter })
  if (draw.once(4)) operators.push({ op: 'map', id: `${input}-mapped`, of: last(), suffix: draw.pick(['x', 'y']) })
  return { operators, last: last() }
}

/** Whether a filter right behind the source drops the record. */
export function isFiltered({ operators }: Pick<Case, 'operators'>): (put: Put) => boolean {
  const sources = new Set(operators.flatMap((each) => (each.op === 'stream' ? [each.id] : [])))
  const filters = operators.flatMap((each) => (each.op === 'filter' && sources.has(each.of) ? [each] : []))
  return ({ value }) => filters.some(({ modulus, drops }) => falls(value, modulus, drops))
}

/** Nothing, or maps and a filter behind an operator; then the output topic `out`. */
export function toOutput(draw: Draw, input: string): Operator[] {
  const operators: Operator[] = []
  if (draw.once(4)) operators.push({ op: 'map', id: 'after', of: input, suffix: '!' })
  operators.push({ op: 'to', id: 'to', of: operators.at(-1)?.id ?? input, topic: 'out' })
  return operators
}

export function stream(id: string): Operator {
  return { op: 'stream', id, topic: `${id}-topic` }
}

/** Its keys may be null: only what needs no key may follow. */
export function keyless(id: string): Operator {
  return { op: 'stream', id, topic: `${id}-topic`, keyless: true }
}

export function table(id: string): Operator {
  return { op: 'table', id, topic: `${id}-topic` }
}
