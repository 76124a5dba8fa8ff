/** The segments of a partition, in the order of their offsets. The last one is active: it alone is written. */
import type { RecordBatch } from '../../wire/batch.ts'
import type { PartitionStorage } from '../storage/segment-bytes.ts'
import type { LogPolicy } from './policy.ts'
import { lastAtMost } from './search.ts'
import { type ReadLimits, Segment, type Slices } from './segment.ts'

export class Segments {
  readonly #storage: PartitionStorage
  #segments: Segment[]

  /** @param found those there are, if any */
  constructor(storage: PartitionStorage, found: Segment[], now: number) {
    this.#storage = storage
    this.#segments = found.length > 0 ? found : [new Segment(0, storage.create(0), now)]
  }

  all(): readonly Segment[] {
    return this.#segments
  }

  get active(): Segment {
    return this.#segments.at(-1)!
  }

  get sizeInBytes(): number {
    return this.#segments.reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0)
  }

  /** Writes a batch that has its offset already, to a new segment where the policy wants one. @throws StorageFault */
  append(batch: RecordBatch, policy: LogPolicy, now: number): void {
    const { active } = this
    if (active.sizeInBytes > 0 && active.isFullFor(batch, active.nextOffset, policy, now)) this.roll(now)
    this.active.append(batch, now)
  }

  /** Begins a new segment, unless the active one is empty. What is closed outlives a loss of power. */
  roll(now: number, at: number = this.active.nextOffset): void {
    const { active } = this
    if (active.sizeInBytes === 0 && active.baseOffset === at) return
    active.bytes.sync()
    const next = new Segment(at, this.#storage.create(at), now)
    if (active.sizeInBytes === 0) this.#remove([active])
    this.#segments.push(next)
  }

  /** Forgets everything and goes on at `offset`. */
  restartAt(offset: number, now: number): void {
    const old = this.#segments
    this.#segments = [new Segment(offset, this.#storage.create(offset), now)]
    for (const { bytes } of old) this.#storage.remove(bytes)
  }

  /** Batches of one segment: a reader comes to the next with its next question, as in Kafka. */
  read(offset: number, limits: ReadLimits): Slices {
    for (let at = this.#indexOf(offset); at < this.#segments.length; at++) {
      const segment = this.#segments[at]!
      if (segment.nextOffset > offset && segment.index.count > 0) return segment.read(offset, limits)
    }
    return { parts: [], sizeInBytes: 0, nextOffset: offset }
  }

  /** The batches that end at or above `offset`, in order. */
  *batches(offset: number): Generator<RecordBatch> {
    for (const segment of this.#segments.slice(this.#indexOf(offset))) yield* segment.batches(offset)
  }

  /** Those from the one that holds `from` on, which begin below `to`. */
  between(from: number, to: number): Segment[] {
    return this.#segments.slice(this.#indexOf(from)).filter(({ baseOffset }) => baseOffset < to)
  }

  /** Removes these; when the active one is among them, a new one takes its place first. */
  remove(segments: readonly Segment[], now: number): void {
    if (segments.includes(this.active)) this.roll(now)
    this.#remove(segments)
  }

  /** Frees what lies below `offset`. */
  dropBelow(offset: number): void {
    const first = this.#indexOf(offset)
    if (first > 0) this.#remove(this.#segments.slice(0, first))
    this.#segments[0]!.release(offset)
  }

  /** Removes the batches that end at or above `offset`. */
  truncate(offset: number): void {
    this.#remove(this.#segments.slice(1).filter(({ baseOffset }) => baseOffset > offset))
    this.active.truncate(offset)
  }

  /** Puts what compaction made in the place of neighbours. */
  replace(replaced: readonly Segment[], by: Segment): void {
    this.#storage.swap(
      replaced.map(({ bytes }) => bytes),
      by.bytes,
    )
    const at = this.#segments.indexOf(replaced[0]!)
    this.#segments.splice(at, replaced.length, by)
  }

  /** Drops what was to take the place of others. */
  discard({ bytes }: Segment): void {
    this.#storage.remove(bytes)
  }

  createReplacement(baseOffset: number, now: number): Segment {
    return new Segment(baseOffset, this.#storage.createReplacement(baseOffset), now)
  }

  removeAll(): void {
    for (const { bytes } of this.#segments) this.#storage.remove(bytes)
    this.#storage.removeAll()
  }

  #remove(segments: readonly Segment[]): void {
    for (const { bytes } of segments) this.#storage.remove(bytes)
    this.#segments = this.#segments.filter((segment) => !segments.includes(segment))
  }

  /** Index of the segment that may hold `offset`. */
  #indexOf(offset: number): number {
    return Math.max(
      0,
      lastAtMost(this.#segments.length, (index) => this.#segments[index]!.baseOffset, offset),
    )
  }
}
