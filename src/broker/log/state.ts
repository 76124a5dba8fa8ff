/** What a partition knows beside its bytes, all of it told by the headers of its batches, and told again by replaying them. */
import type { RecordBatch } from '../../wire/batch.ts'
import { AbortedIndex } from './aborted.ts'
import { Epochs } from './epochs.ts'
import { Producers } from './producers.ts'

export class LogState {
  readonly producers: Producers = new Producers()
  readonly aborted: AbortedIndex = new AbortedIndex()
  readonly epochs: Epochs = new Epochs()

  /** Takes in a batch of the log. Of control batches the record is looked at, of others the header. */
  replay(batch: RecordBatch): void {
    this.epochs.assign(batch.partitionLeaderEpoch, batch.baseOffset)
    if (batch.isControl) this.#replayMarker(batch)
    else {
      const appendTime = batch.timestampType === 'LogAppendTime' ? batch.maxTimestamp : -1
      this.producers.record(batch, batch.baseOffset, appendTime)
    }
  }

  #replayMarker(batch: RecordBatch): void {
    const { producerId, producerEpoch, maxTimestamp: timestamp } = batch
    const cursor = batch.cursor()
    // Compaction may have emptied it: then it is there for the epoch of its producer alone.
    const isThere = cursor.next()
    const coordinatorEpoch = isThere ? cursor.bytes.readInt32BE(cursor.valueStart + 2) : -1
    const firstOffset = this.producers.end({ producerId, producerEpoch, coordinatorEpoch, timestamp })
    if (!isThere || firstOffset < 0 || batch.controlType() !== 'abort') return
    this.aborted.add({ producerId, firstOffset, lastOffset: batch.baseOffset })
  }
}
