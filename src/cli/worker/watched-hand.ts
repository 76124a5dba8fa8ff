/** The side of the thread: notes the record in hand for the watchdog, and refuses those that have ended threads. */
import type { TopicPartition } from '../../record.ts'
import { Blames, faultOf } from './blames.ts'
import { HandBoard } from './hand-board.ts'

/** What a thread under the watchdog is given. */
export interface WatchMemory {
  readonly hand: SharedArrayBuffer
  readonly blames: SharedArrayBuffer
}

const beatMilliseconds = 50

export class WatchedHand {
  private readonly board: HandBoard
  private readonly blames: Blames
  /** Queues are what is given, and the same for many records. */
  private readonly numbers = new WeakMap<TopicPartition, { readonly number: number | null }>()
  private last: TopicPartition | null = null
  private lastNumber: number | null = null

  constructor({ hand, blames }: WatchMemory) {
    this.board = new HandBoard(hand)
    this.blames = new Blames(blames)
    setInterval(() => this.board.beat(), beatMilliseconds).unref()
  }

  admit(place: TopicPartition, offset: number): void {
    const blame = this.blames.find(place, offset)
    if (blame !== null) throw faultOf(blame)
    this.take(place, offset)
  }

  take(place: TopicPartition, offset: number): void {
    if (this.last !== place) this.turnTo(place)
    this.board.take(this.lastNumber, offset)
  }

  leave(): void {
    this.board.leave()
  }

  private turnTo(place: TopicPartition): void {
    let known = this.numbers.get(place)
    if (known === undefined) {
      known = { number: this.board.place(place) }
      this.numbers.set(place, known)
    }
    this.last = place
    this.lastNumber = known.number
  }
}
