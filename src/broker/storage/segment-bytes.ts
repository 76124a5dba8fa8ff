/** What a partition asks of whatever holds its bytes: memory or files behind one interface. */

/** The bytes of one segment: whole batches, one after another. */
export interface SegmentBytes {
  readonly sizeInBytes: number
  /** Writes one batch behind the others. @throws StorageFault and nothing of the batch stays */
  append(bytes: Buffer, start: number, end: number): void
  /** What lies between two positions at which batches begin or end, in one piece or several of whole batches. */
  read(start: number, end: number): Buffer[]
  /** Forgets what lies at and behind `size`, a position at which a batch begins or ends. */
  truncate(size: number): void
  /** Nobody will read below `position` any more: what can be freed may be. Positions stay as they are. */
  release(position: number): void
  /** Makes sure that what is written outlives a loss of power. */
  sync(): void
}

/** A segment as it was found when a partition was opened. */
export interface FoundSegment {
  readonly baseOffset: number
  readonly bytes: SegmentBytes
  /** When it was last written, in milliseconds since 1970. */
  readonly modifiedAt: number
}

/** The segments of one partition. */
export interface PartitionStorage {
  /** Those there are, in the order of their offsets. */
  open(): FoundSegment[]
  create(baseOffset: number): SegmentBytes
  /** A segment that is to take the place of others; nobody sees it before `swap`. */
  createReplacement(baseOffset: number): SegmentBytes
  /** Puts a replacement in the place of the others, which are gone: after a crash either it or they are there. */
  swap(replaced: readonly SegmentBytes[], replacement: SegmentBytes): void
  remove(segment: SegmentBytes): void
  /** Removes what is left of the partition when its segments are removed. */
  removeAll(): void
}

/** The disk is full, or does not do what it is told. The log is as it was before, and goes on when the disk does. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault'
}
