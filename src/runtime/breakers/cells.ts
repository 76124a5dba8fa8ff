/** Breakers in memory that threads share: a slot each, read and written whole under a lock of its own. */
import { MillraceError } from '../../faults.ts'
import type { BreakerCell, BreakerState } from '../../policies/breaker-machine.ts'

/** Distinct breakers that a worker process may have. */
export const breakerSlots = 64

/** Of a slot: lock, state, failures, successes, openings as words; three numbers of 64 bits behind them. */
const slotBytes = 48
const slotWords = slotBytes / 4
const slotNumbers = slotBytes / 8
const stateWord = 1
const countWords = 2
const firstNumber = 3
const states: readonly BreakerState[] = ['closed', 'open', 'half-open']
/** A lock is kept for microseconds: whoever has it longer is a thread that was ended in the middle. */
const lockPatience = 1_000

/** Memory for the breakers of a worker process, zeroed: one per name, whatever threads and topologies have it. */
export function breakerBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(breakerSlots * slotBytes)
}

/** A breaker, and which commands of operators it has carried out. */
export interface BreakerSlot {
  readonly cell: BreakerCell
  /** Behind the last of them: an offset of the audit topic. */
  readonly commanded: number
}

export class BreakerCells {
  private readonly words: Int32Array
  private readonly numbers: Float64Array
  private readonly names: readonly string[]

  /**
   * @param names the same in all threads that share the buffer
   * @param buffer what `breakerBuffer` gives, or as much that is not shared
   * @throws MillraceError MR1003 when there are more names than slots
   */
  constructor(names: readonly string[], buffer: ArrayBufferLike = breakerBuffer()) {
    this.names = [...new Set(names)].sort()
    if (this.names.length > breakerSlots) throw tooMany(this.names.length)
    this.words = new Int32Array(buffer)
    this.numbers = new Float64Array(buffer)
  }

  slotOf(name: string): number {
    return this.names.indexOf(name)
  }

  /** Without the lock: it is asked before every record. */
  isClosed(slot: number): boolean {
    return Atomics.load(this.words, slot * slotWords + stateWord) === 0
  }

  /** @returns what was there before, and is there now */
  update(
    slot: number,
    change: (before: BreakerSlot) => BreakerSlot,
  ): { readonly before: BreakerSlot; readonly after: BreakerSlot } {
    const lock = slot * slotWords
    this.lock(lock)
    try {
      const before = this.load(slot)
      const after = change(before)
      if (after !== before) this.store(slot, after)
      return { before, after }
    } finally {
      Atomics.store(this.words, lock, 0)
      Atomics.notify(this.words, lock, 1)
    }
  }

  private lock(word: number): void {
    while (Atomics.compareExchange(this.words, word, 0, 1) !== 0)
      if (Atomics.wait(this.words, word, 1, lockPatience) === 'timed-out') return
  }

  private load(slot: number): BreakerSlot {
    const word = slot * slotWords
    const [failures, successes, openings] = this.words.subarray(word + countWords)
    const [opensUntil, probesUntil, commanded] = this.numbers.subarray(slot * slotNumbers + firstNumber)
    const state = states[this.words[word + stateWord]!]!
    return {
      cell: {
        state,
        failures: failures!,
        successes: successes!,
        openings: openings!,
        opensUntil: opensUntil!,
        probesUntil: probesUntil!,
      },
      commanded: commanded!,
    }
  }

  private store(slot: number, { cell, commanded }: BreakerSlot): void {
    const { state, failures, successes, openings, opensUntil, probesUntil } = cell
    const word = slot * slotWords
    this.words.set([failures, successes, openings], word + countWords)
    this.numbers.set([opensUntil, probesUntil, commanded], slot * slotNumbers + firstNumber)
    Atomics.store(this.words, word + stateWord, states.indexOf(state))
  }
}

function tooMany(count: number): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1003',
    what: `The topologies of this worker have ${count} breakers`,
    why: `a worker process keeps ${breakerSlots}`,
    fix: 'give steps that call the same neighbour the same breaker, or run topologies in processes of their own',
  })
}
