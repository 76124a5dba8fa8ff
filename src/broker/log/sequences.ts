/** Sequence numbers: they count a producer's records in a partition and begin again at 0 behind the highest. */
import type { RecordBatch } from '../../wire/batch.ts'

const highestSequence = 0x7fffffff

export function lastSequenceOf(batch: RecordBatch): number {
  return addSequence(batch.baseSequence, batch.lastOffsetDelta)
}

export function following(sequence: number): number {
  return addSequence(sequence, 1)
}

function addSequence(sequence: number, count: number): number {
  return sequence > highestSequence - count ? count - (highestSequence - sequence) - 1 : sequence + count
}
