import type { RowOrder } from './rows.ts'

export interface Merged {
  readonly key: string
  /** Of a committed row, where they are at hand. */
  readonly bytes: Buffer | null
}

/**
 * Committed rows and those that the open transaction has written as one walk; of a key that both have, the committed one
 * comes. Each side is asked for its next only after its last was given, so both may change behind what was given.
 * @param committedOf makes what is given of a committed row; here and not in a walk around it, for walks cost more
 * @example for (const { key } of mergeRows(rows, rowOf, written.entries(null, null), 'ascending')) …
 */
export function* mergeRows<C>(
  committed: Iterable<C>,
  committedOf: (row: C) => Merged,
  written: Iterable<readonly [string, unknown]>,
  order: RowOrder,
): Generator<Merged> {
  const left = committed[Symbol.iterator]()
  const right = written[Symbol.iterator]()
  const nextLeft = (): Merged | null => {
    const next = left.next()
    return next.done ? null : committedOf(next.value)
  }
  try {
    let a = nextLeft()
    let b = right.next()
    while (a !== null || !b.done) {
      const side = a === null ? 1 : b.done ? -1 : compare(a.key, b.value[0], order)
      yield a !== null && side <= 0 ? a : { key: (b.value as readonly [string, unknown])[0], bytes: null }
      if (side <= 0) a = nextLeft()
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
