/**
 * What calls were answered since the last commit: where the transaction is taken back and its records are worked again,
 * nobody is asked twice. In memory, of one owner of the task; failures are not remembered.
 */
import { isDeepStrictEqual } from 'node:util'
import type { AsyncCall } from '../../operators/operator.ts'
import { plainCopy } from './plain-copy.ts'

/** A record in the task's input of that number. */
export interface RecordPlace {
  readonly input: number
  readonly offset: number
}

interface Known {
  readonly request: AsyncCall
  readonly answer: unknown
  /** The round in which it was last given: each call of a record has an answer of its own. */
  round: number
}

/** Beyond so many answers the calls of a transaction that is taken back are made again. */
const mostAnswers = 10_000

export class Answers {
  private readonly most: number
  private readonly byInput = new Map<number, Map<number, Known[]>>()
  private size = 0
  /** How often the transaction was taken back since there was something to remember. */
  private round = 0
  /** By input: all calls of records before this offset are remembered. */
  private readonly settled = new Map<number, number>()
  /** By input: the first record of this round with a call that is not remembered. */
  private readonly gaps = new Map<number, number>()
  private hasRows = false

  constructor(most: number = mostAnswers) {
    this.most = most
  }

  /** True when the record was worked before, and has nobody to ask. */
  isSettled(input: number, offset: number): boolean {
    const end = this.settled.get(input)
    return end !== undefined && offset < end
  }

  /** True while some record may be. */
  get isRepeating(): boolean {
    return this.settled.size > 0
  }

  /** @param isLate true where nobody waited for it any more: the record may have been taken back already */
  keep(place: RecordPlace, request: AsyncCall, answer: unknown, isLate = false): void {
    const copied = this.size < this.most ? plainCopy(answer) : null
    if (copied === null) {
      this.leaveGap(place)
      return
    }
    const ofInput = entryOf(this.byInput, place.input, () => new Map<number, Known[]>())
    const round = isLate ? -1 : this.round
    entryOf(ofInput, place.offset, (): Known[] => []).push({ request, answer: copied.value, round })
    this.size++
  }

  /** What the record was told when it asked the same before; null where it was not. */
  take({ input, offset }: RecordPlace, request: AsyncCall): { readonly value: unknown } | null {
    const known = this.byInput.get(input)?.get(offset)
    const found = known?.find((each) => each.round < this.round && isSame(each.request, request))
    if (found === undefined) return null
    found.round = this.round
    return plainCopy(found.answer)
  }

  /** The record is to ask anew. */
  forget(place: RecordPlace): void {
    const ofInput = this.byInput.get(place.input)
    if (ofInput !== undefined) this.drop(ofInput, place.offset)
    this.leaveGap(place)
  }

  /** A call of the record was not answered, or its answer is not kept. */
  leaveGap({ input, offset }: RecordPlace): void {
    this.gaps.set(input, Math.min(offset, this.gaps.get(input) ?? Number.POSITIVE_INFINITY))
  }

  /** A row that no single record caused asks: it would ask again. */
  rowAsks(): void {
    this.hasRows = true
  }

  /** The transaction is taken back. @param queues as far as they had been taken, and where each begins again */
  rewound(queues: Iterable<readonly [{ readonly index: number; readonly position: number }, number]>): void {
    for (const [{ index, position }, start] of queues) {
      const reached = Math.max(position, this.settled.get(index) ?? 0)
      const end = Math.min(reached, this.gaps.get(index) ?? reached)
      if (end > start) this.settled.set(index, end)
      else this.settled.delete(index)
    }
    if (this.hasRows) this.settled.clear()
    this.gaps.clear()
    this.hasRows = false
    this.round++
  }

  /** Everything before `position` of an input is committed. */
  committed(input: number, position: number): void {
    const ofInput = this.byInput.get(input)
    if (ofInput !== undefined) for (const offset of ofInput.keys()) if (offset < position) this.drop(ofInput, offset)
    if ((this.settled.get(input) ?? position) <= position) this.settled.delete(input)
    if ((this.gaps.get(input) ?? position) < position) this.gaps.delete(input)
    this.hasRows = false
    if (this.size === 0 && this.settled.size === 0) this.round = 0
  }

  clear(): void {
    this.byInput.clear()
    this.size = this.round = 0
    this.settled.clear()
    this.gaps.clear()
  }

  private drop(ofInput: Map<number, Known[]>, offset: number): void {
    this.size -= ofInput.get(offset)?.length ?? 0
    ofInput.delete(offset)
  }
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}

function isSame(one: AsyncCall, other: AsyncCall): boolean {
  return (
    one.node === other.node &&
    one.time === other.time &&
    isDeepStrictEqual(one.key, other.key) &&
    isDeepStrictEqual(one.value, other.value) &&
    isDeepStrictEqual(one.window, other.window)
  )
}
