/**
 * The records of a task that failed and are not done with, by input and offset: how often they were tried, and what is to
 * become of them when they are reached. In memory, over the rewinds of one owner, until what they came to is committed.
 */
import type { Clock, Timer } from '../../clock.ts'
import type { Decision } from '../../policies/decide.ts'
import { RewindRequest } from '../async/refusals.ts'
import type { PartitionQueue } from '../tasks/queue.ts'

/** What happens when the record is reached. */
export type Next =
  | { readonly kind: 'try' }
  /** Its queue stops before it until the time has come. */
  | { readonly kind: 'wait'; readonly until: number }
  /** Its time has come, but not that of what precedes it: tried before the commit, it could take that back for ever. */
  | { readonly kind: 'commit' }
  /** Its task stops before it until an operator says otherwise. */
  | { readonly kind: 'pause'; readonly reason: string }
  /** It is not run: that was decided when it had left traces already, which are taken back. */
  | { readonly kind: 'refuse'; readonly error: unknown; readonly node: number; readonly decision: Decision }

export interface FailingRecord {
  readonly input: number
  readonly offset: number
  /** Failed ones, since this owner read it first. */
  attempts: number
  /** Wall time, milliseconds. */
  readonly firstFailedAt: number
  next: Next
}

interface Entry extends FailingRecord {
  timer: Timer | null
  /** The queue that stands before it. */
  queue: PartitionQueue | null
  /** True when it has taken back what precedes it, and that is not committed since. */
  mustFollow: boolean
}

const tryAgain: Next = { kind: 'try' }
const afterCommit: Next = { kind: 'commit' }
/** A timer that is set for longer goes off at once: 32 bits of milliseconds. */
const longestTimer = 2_147_483_647

export class Failing {
  /** Told when a record can be tried again. */
  released: () => void = () => undefined
  /** False while the thread has done anything that a rewind would take back. */
  isAllCommitted: () => boolean = () => true
  private readonly clock: Clock
  private readonly byInput = new Map<number, Map<number, Entry>>()
  private size = 0
  private rewind: RewindRequest | null = null

  constructor(clock: Clock) {
    this.clock = clock
  }

  get isEmpty(): boolean {
    return this.size === 0
  }

  /** Those that wait or are paused. */
  get waiting(): readonly FailingRecord[] {
    return this.entries().filter(({ next }) => isWaiting(next))
  }

  /** True when the open transaction holds traces of a record that has to wait, or was refused. */
  get mustRewind(): boolean {
    return this.rewind !== null
  }

  find(input: number, offset: number): FailingRecord | undefined {
    return this.size === 0 ? undefined : this.byInput.get(input)?.get(offset)
  }

  /** One more attempt failed. @param attempts so many, where the caller has counted */
  note(input: number, offset: number, attempts?: number): FailingRecord {
    const entry = this.entryAt(input, offset)
    entry.attempts = Math.max(entry.attempts, attempts ?? entry.attempts + 1)
    this.go(entry, tryAgain)
    return entry
  }

  /** It is not tried before so many milliseconds have passed. */
  wait(record: FailingRecord, milliseconds: number): void {
    const entry = this.go(record, { kind: 'wait', until: this.clock.now() + milliseconds })
    entry.timer = this.clock.after(Math.min(milliseconds, longestTimer), () => {
      this.go(entry, tryAgain)
      this.release(entry)
    })
  }

  pause(record: FailingRecord, reason: string): void {
    this.go(record, { kind: 'pause', reason })
  }

  refuse(record: FailingRecord, refusal: Omit<Extract<Next, { kind: 'refuse' }>, 'kind'>): void {
    this.go(record, { kind: 'refuse', ...refusal })
  }

  /** What precedes it is taken back because of it: that is to be committed before it is tried again. */
  follow(record: FailingRecord): void {
    ;(record as Entry).mustFollow = true
  }

  /** True when the record at the head of its queue is not to be tried now. */
  mustWait(record: FailingRecord): boolean {
    const entry = record as Entry
    if (entry.next.kind !== 'try' || !entry.mustFollow) return isWaiting(entry.next)
    entry.mustFollow = !this.isAllCommitted()
    if (entry.mustFollow) this.go(entry, afterCommit)
    return entry.mustFollow
  }

  /** A transaction of the thread is committed. */
  afterCommit(): void {
    if (this.size === 0) return
    for (const entry of this.entries()) {
      // Of what stands before it everything was in that transaction.
      if (entry.queue === null) continue
      entry.mustFollow = false
      if (entry.next.kind !== 'commit') continue
      this.go(entry, tryAgain)
      this.release(entry)
    }
  }

  /** The queue stops before the record at its head, which stays the next one. */
  hold(record: FailingRecord, queue: PartitionQueue): void {
    const entry = record as Entry
    entry.queue = queue
    queue.ready = false
    queue.hold(entry)
  }

  /** Whoever was paused is tried again, and counts anew. */
  resume(): void {
    for (const entry of this.entries()) {
      if (entry.next.kind !== 'pause') continue
      this.forget(entry)
      this.release(entry)
    }
  }

  /** What the open transaction holds can't be committed: a record in it has to wait, or is refused. */
  requestRewind(cause: unknown): void {
    this.rewind ??= new RewindRequest(cause)
  }

  /** @throws RewindRequest */
  check(): void {
    if (this.rewind !== null) throw this.rewind
  }

  /** The transaction is taken back. */
  rewound(): void {
    this.rewind = null
    for (const entry of this.entries()) {
      entry.queue = null
      if (entry.next.kind === 'commit') this.go(entry, tryAgain)
    }
  }

  /** Everything before `position` of an input is committed. */
  committed(input: number, position: number): void {
    if (this.size === 0) return
    for (const entry of [...(this.byInput.get(input)?.values() ?? [])]) if (entry.offset < position) this.forget(entry)
  }

  /** The task is another's. */
  close(): void {
    for (const entry of this.entries()) this.forget(entry)
  }

  private entries(): Entry[] {
    return [...this.byInput.values()].flatMap((offsets) => [...offsets.values()])
  }

  private entryAt(input: number, offset: number): Entry {
    const offsets = this.byInput.get(input) ?? new Map<number, Entry>()
    this.byInput.set(input, offsets)
    const known = offsets.get(offset)
    if (known !== undefined) return known
    const firstFailedAt = this.clock.now()
    const none = { timer: null, queue: null, mustFollow: false }
    const entry: Entry = { input, offset, attempts: 0, firstFailedAt, next: tryAgain, ...none }
    offsets.set(offset, entry)
    this.size++
    return entry
  }

  private go(record: FailingRecord, next: Next): Entry {
    const entry = record as Entry
    entry.timer?.cancel()
    entry.timer = null
    entry.next = next
    return entry
  }

  private release(entry: Entry): void {
    entry.queue?.release(entry)
    entry.queue = null
    this.released()
  }

  private forget(entry: Entry): void {
    this.go(entry, tryAgain)
    const offsets = this.byInput.get(entry.input)!
    if (offsets.delete(entry.offset)) this.size--
    if (offsets.size === 0) this.byInput.delete(entry.input)
  }
}

function isWaiting({ kind }: Next): boolean {
  return kind === 'wait' || kind === 'commit' || kind === 'pause'
}
