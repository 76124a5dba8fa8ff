/**
 * How fast the input comes in: steadily while faults take as long as expected, slowly while one takes longer, and never all
 * of it before the last one is over. Workers without work could not be seen to recover.
 */

export interface Pace {
  readonly records: number
  readonly faults: number
}

/** A fault and what follows it, on a machine that has nothing else to do. */
export const millisecondsPerFault = 9_000
/** While a fault takes longer. */
const slowdown = 20
/** Kept back for that. */
const shareInReserve = 1 / 3
const shareAtMost = 0.99

/**
 * How many records may be in Kafka by then: `spans` are the times that the faults so far took, the one under way last.
 * @example allowedRecords({ records: 90_000, faults: 10 }, [9_000, 4_500]) // 9000
 */
export function allowedRecords({ records, faults }: Pace, spans: readonly number[]): number {
  const planned = faults * millisecondsPerFault
  const used = spans.reduce((sum, span) => sum + shortened(span), 0)
  return Math.floor(Math.min(shareAtMost, (used / planned) * (1 - shareInReserve)) * records)
}

function shortened(span: number): number {
  return Math.min(span, millisecondsPerFault) + Math.max(0, span - millisecondsPerFault) / slowdown
}

/** The spans of faults, measured while they go on. */
export class Spans {
  readonly #ended: number[] = []
  readonly #now: () => number
  #begun: number

  /** @param now milliseconds that only grow */
  constructor(now: () => number) {
    this.#now = now
    this.#begun = now()
  }

  /** The next fault begins. */
  next(): void {
    const now = this.#now()
    this.#ended.push(now - this.#begun)
    this.#begun = now
  }

  get all(): readonly number[] {
    return [...this.#ended, this.#now() - this.#begun]
  }
}
