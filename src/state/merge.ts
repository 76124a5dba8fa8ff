import type { RowOrder } from './rows.ts'

export interface Merged {
  readonly key: string
  /** Of a committed row, where they are at hand. */
  readonly bytes: Buffer | null
}

/**
 * Committed rows and those that the open transaction has written as one walk; of a key that both have, the committed one
 * comes. Each side is asked for its next only after its last was given, so both may change behind what was given.
 * @example for (const { key } of mergeRows(committed, written, 'ascending')) …
 */
export function* mergeRows(committed: Iterable<Merged>, written: Iterable<Merged>, order: RowOrder): Generator<Merged> {
  const left = committed[Symbol.iterator]()
  const right = written[Symbol.iterator]()
  try {
    let a = left.next()
    let b = right.next()
    while (!a.done || !b.done) {
      const side = a.done ? 1 : b.done ? -1 : compare(a.value.key, b.value.key, order)
      yield (side <= 0 ? a : b).value as Merged
      if (side <= 0) a = left.next()
      if (side >= 0) b = right.next()
    }
  } finally {
    // Whoever leaves half way gives back what the rows hold open.
    left.return?.()
    right.return?.()
  }
}

function compare(one: string, other: string, order: RowOrder): number {
  if (one === other) return 0
  return one < other === (order === 'ascending') ? -1 : 1
}
