/** Records that have ended threads: what all threads of the process know of them, in shared memory. */
import { MillraceError } from '../../faults.ts'
import type { TopicPartition } from '../../record.ts'
import type { RecordPlace } from './hand-board.ts'

/** `timeout`: it was in hand for too long. `process`: the thread died of it, again and again. */
export interface Blame extends RecordPlace {
  readonly reason: 'timeout' | 'process'
  readonly deaths: number
}

const memoryBytes = 65_536
const headBytes = 8

/** Version and length, then JSON. Written by the main thread, read by the others when the version has changed. */
export class Blames {
  readonly memory: SharedArrayBuffer
  private readonly numbers: Int32Array
  private readonly text: Buffer
  private seen = 0
  private known: ReadonlyMap<string, Blame> = new Map()

  constructor(memory = new SharedArrayBuffer(memoryBytes)) {
    this.memory = memory
    this.numbers = new Int32Array(memory, 0, 2)
    this.text = Buffer.from(memory, headBytes)
  }

  /** Only the last ones, where there is no room for all. */
  add(blame: Blame): void {
    let all = [...this.all().values(), blame]
    while (Buffer.byteLength(JSON.stringify(all)) > this.text.length) all = all.slice(1)
    // Odd while it is written.
    Atomics.add(this.numbers, 0, 1)
    this.numbers[1] = this.text.write(JSON.stringify(all))
    Atomics.add(this.numbers, 0, 1)
  }

  /** Why a record is not to be run; null: nothing is known against it. */
  find({ topic, partition }: TopicPartition, offset: number): Blame | null {
    // A plain load, once per record.
    if (this.numbers[0] !== this.seen) this.readAgain()
    return this.known.size === 0 ? null : (this.known.get(nameOf({ topic, partition, offset })) ?? null)
  }

  /** What is written at this moment is read the next time. */
  private readAgain(): void {
    const version = Atomics.load(this.numbers, 0)
    if (version % 2 === 1) return
    const text = Buffer.from(this.text)
    if (Atomics.load(this.numbers, 0) !== version) return
    this.known = this.all(text)
    this.seen = version
  }

  private all(text = this.text): ReadonlyMap<string, Blame> {
    const length = this.numbers[1]!
    const blames = length === 0 ? [] : (JSON.parse(text.toString('utf8', 0, length)) as Blame[])
    return new Map(blames.map((blame) => [nameOf(blame), blame]))
  }
}

/** The record's own words for it, as in `orders-3 offset 12`. */
export function nameOf({ topic, partition, offset }: RecordPlace): string {
  return `${topic}-${partition} offset ${offset}`
}

/** What the record is refused with: its dead letter has the stage `timeout` or `process`. */
export function faultOf(blame: Blame): MillraceError {
  const isTimeout = blame.reason === 'timeout'
  return new MillraceError('reject', {
    code: isTimeout ? 'MR4103' : 'MR4104',
    what: isTimeout
      ? 'A thread was ended since it had this record in hand for too long'
      : `${blame.deaths} threads have died with this record in hand`,
    where: nameOf(blame),
    fix: 'look for a loop without an end, or for what fills the memory, where this record is worked',
  })
}
