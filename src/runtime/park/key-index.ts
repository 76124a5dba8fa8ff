/** The parked keys of a task: what may run, and what became of it. Its rows are state like any other, with a changelog. */
import { type KeyRow, nameOfGap, nameOfKey, nameOfLetter, type ParkRow, type Place, totalName } from './rows.ts'
import { type KeyAction, transitionOf } from './transitions.ts'

/** What the index needs of a store. */
export interface ParkRows {
  readonly size: number
  get(name: string): { readonly value: unknown } | undefined
  put(name: string, value: ParkRow, time: number): void
  delete(name: string, time: number): void
}

/** A parked key as it stands. */
export interface Standing {
  /** What is to become of the record. */
  readonly action: KeyAction
  /** Null where the key is free. */
  readonly row: KeyRow | null
}

export class KeyIndex {
  private readonly rows: ParkRows
  /** True while nothing can have come since the rows were found to be none: they are counted in a file, maybe. */
  private isKnownEmpty = false

  constructor(rows: ParkRows) {
    this.rows = rows
  }

  get isEmpty(): boolean {
    if (!this.isKnownEmpty) this.isKnownEmpty = this.rows.size === 0
    return this.isKnownEmpty
  }

  /** The open transaction never happened: what it took away is there again. */
  rewound(): void {
    this.isKnownEmpty = false
  }

  /** Parked keys. */
  get keys(): number {
    return (this.rows.get(totalName)?.value as number | undefined) ?? 0
  }

  /** The turn of a letter; null for what is none. */
  turnOf(key: Uint8Array, place: Place): number | null {
    if (this.isEmpty) return null
    return (this.rows.get(nameOfLetter(key, place))?.value as number | undefined) ?? null
  }

  find(key: Uint8Array): KeyRow | null {
    if (this.isEmpty) return null
    return (this.rows.get(nameOfKey(key))?.value as KeyRow | undefined) ?? null
  }

  /**
   * A record is about to be run. Nothing changes.
   * @param comesBack false where it is read from its source: there a letter is met only when positions went back, and waits
   */
  arriving(key: Uint8Array, place: Place, comesBack: boolean): Standing {
    const row = this.find(key)
    if (row === null) return { action: transitionOf('free', 'newcomer').action, row }
    const turn = this.turnOf(key, place)
    if (turn === null) return { action: transitionOf('parked', 'newcomer').action, row }
    const isNext = comesBack && row.turns[place.topic]?.[0] === turn
    return { action: transitionOf('parked', isNext ? 'letter-in-turn' : 'letter-out-of-turn').action, row }
  }

  /** A record has failed and its policy is to park it. Nothing changes. */
  failed(key: Uint8Array, place: Place): Standing {
    const row = this.find(key)
    if (row === null) return { action: transitionOf('free', 'failed').action, row }
    return { action: transitionOf('parked', this.turnOf(key, place) === null ? 'failed' : 'letter-failed').action, row }
  }

  /** The first of a key goes to its queue. */
  park(key: Uint8Array, queue: string, first: Place, now: number): void {
    this.isKnownEmpty = false
    this.rows.put(totalName, this.keys + 1, now)
    this.add(key, { queue, first, since: now, count: 0, turns: {} }, first, now)
  }

  /** A newcomer goes behind the first of its key. */
  queueUp(key: Uint8Array, row: KeyRow, place: Place, now: number): void {
    this.add(key, row, place, now)
  }

  /** A letter has left the queue for good, in its turn or before. @returns true where it was the last one, and the key is free */
  leave(key: Uint8Array, row: KeyRow, place: Place, now: number): boolean {
    const { rows } = this
    const turn = this.turnOf(key, place)!
    rows.delete(nameOfLetter(key, place), now)
    const [oldest, end] = row.turns[place.topic]!
    if (turn !== oldest) rows.put(nameOfGap(key, place.topic, turn), turn, now)
    const next = turn === oldest ? this.passGaps(key, place.topic, oldest + 1, now) : oldest
    const turns = { ...row.turns, [place.topic]: [next, end] as const }
    const isLast = row.count === 1
    const { next: state } = transitionOf('parked', isLast ? 'last-letter-left' : 'letter-left')
    if (state === 'parked') rows.put(nameOfKey(key), { ...row, count: row.count - 1, turns }, now)
    else this.release(key, now)
    return isLast
  }

  /** @returns the next turn that no letter has left */
  private passGaps(key: Uint8Array, topic: string, turn: number, now: number): number {
    for (let next = turn; ; next++) {
      const gap = nameOfGap(key, topic, next)
      if (this.rows.get(gap) === undefined) return next
      this.rows.delete(gap, now)
    }
  }

  private release(key: Uint8Array, now: number): void {
    this.rows.delete(nameOfKey(key), now)
    this.setTotal(this.keys - 1, now)
  }

  private add(key: Uint8Array, row: KeyRow, place: Place, now: number): void {
    const [oldest, end] = row.turns[place.topic] ?? [0, 0]
    const turns = { ...row.turns, [place.topic]: [oldest, end + 1] as const }
    this.rows.put(nameOfLetter(key, place), end, now)
    this.rows.put(nameOfKey(key), { ...row, count: row.count + 1, turns }, now)
  }

  private setTotal(keys: number, now: number): void {
    if (keys > 0) this.rows.put(totalName, keys, now)
    else this.rows.delete(totalName, now)
  }
}
