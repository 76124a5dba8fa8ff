/** Opening what was written before: headers are walked, and a tail that a crash has torn is cut off. */
import { MillraceError } from '../../faults.ts'
import { field, headerSize, lengthOverhead, magic } from '../../wire/batch/batch-layout.ts'
import { RecordBatch } from '../../wire/batch.ts'
import type { FoundSegment, SegmentBytes } from '../storage/segment-bytes.ts'
import { Segment } from './segment.ts'

/** Bytes read at once: of small batches many, of large ones the header and some of what follows. */
const windowBytes = 64 * 1024

export interface Recovery {
  /** Whether the last segment's records are to be checked: what was closed in good order is not. */
  readonly checksTail: boolean
  readonly visit: (batch: RecordBatch) => void
}

/** The segments that were found, with their indexes. @throws MillraceError MR1003 when one before the last is damaged */
export function recoverSegments(found: readonly FoundSegment[], recovery: Recovery): Segment[] {
  return found.map((one, at) => {
    const isLast = at === found.length - 1
    const segment = new Segment(one.baseOffset, one.bytes, one.modifiedAt)
    const end = walk(segment, { ...recovery, checksTail: recovery.checksTail && isLast })
    if (end < one.bytes.sizeInBytes) {
      if (!isLast) throw damaged(one, end)
      one.bytes.truncate(end)
    }
    // What a process left unflushed is there, but a loss of power could still take it.
    if (isLast && recovery.checksTail) one.bytes.sync()
    return segment
  })
}

/** Position behind the last batch that is whole. */
function walk(segment: Segment, { checksTail, visit }: Recovery): number {
  const reader = new WindowReader(segment.bytes)
  let position = 0
  for (;;) {
    const batch = nextBatch(reader, position, segment.nextOffset, checksTail)
    if (batch === null) return position
    segment.note(batch, position)
    visit(batch)
    position += lengthOverhead + batch.bytes.readInt32BE(batch.start + field.batchLength)
  }
}

/** The batch at a position, null when there is none that is whole. */
function nextBatch(reader: WindowReader, position: number, lowest: number, checksCrc: boolean): RecordBatch | null {
  const header = reader.batch(position, headerSize)
  if (header === null) return null
  const length = header.bytes.readInt32BE(header.start + field.batchLength)
  const isSound = header.bytes[header.start + field.magic] === magic && length >= headerSize - lengthOverhead
  if (!isSound || !hasSoundOffsets(header, lowest)) return null
  const size = lengthOverhead + length
  if (position + size > reader.sizeInBytes) return null
  if (!checksCrc && !header.isControl) return header
  const whole = reader.batch(position, size)
  return whole === null || (checksCrc && !whole.isCrcValid()) ? null : whole
}

function hasSoundOffsets(header: RecordBatch, lowest: number): boolean {
  // Eight bytes of nonsense may be more than a number holds.
  const high = header.bytes.readInt32BE(header.start + field.baseOffset)
  return high >= 0 && high < 0x200000 && header.baseOffset >= lowest && header.lastOffsetDelta >= 0
}

class WindowReader {
  readonly #bytes: SegmentBytes
  #window: Buffer = Buffer.alloc(0)
  #from = 0

  constructor(bytes: SegmentBytes) {
    this.#bytes = bytes
  }

  get sizeInBytes(): number {
    return this.#bytes.sizeInBytes
  }

  /** A view over `size` bytes, which may be less than the batch is long; null behind the end. */
  batch(position: number, size: number): RecordBatch | null {
    if (position + size > this.sizeInBytes) return null
    if (position < this.#from || position + size > this.#from + this.#window.length) {
      const end = Math.min(this.sizeInBytes, position + Math.max(size, windowBytes))
      this.#window = contiguous(this.#bytes.read(position, end))
      this.#from = position
    }
    const start = position - this.#from
    return new RecordBatch(this.#window, start, start + size)
  }
}

function contiguous(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

function damaged({ baseOffset }: FoundSegment, position: number): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1003',
    what: `A segment of the data directory is damaged`,
    where: `the segment that begins at offset ${baseOffset}, at byte ${position}`,
    why: 'Only the last segment of a partition may end in the middle of a batch',
    fix: 'Restore the directory from a copy, or remove the partition and write its records again',
  })
}
