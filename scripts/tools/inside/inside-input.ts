/** The topic that a world without a broker is about, and what it costs to make its records. */
import { systemClock } from '../../../src/clock.ts'
import type { RecordBatch } from '../../../src/wire/batch.ts'
import type { BidBatches } from './bid-batches.ts'

export class InsideInput {
  readonly topic: string
  readonly partitions: number
  /** A whole number of batches; +Infinity: it never ends. */
  readonly recordsPerPartition: number
  /** Time spent here is none of the worker's; nor is that of the processor, which counts less where others are at work. */
  milliseconds = 0
  cpuMilliseconds = 0
  /** Bytes of the batches given out: memory that is not the worker's either. */
  bytes = 0
  private readonly batches: BidBatches

  /** @param records in all, rounded up to whole batches in every partition */
  constructor(topic: string, records: number, batches: BidBatches) {
    const { partitions, recordsPerBatch } = batches.shape
    this.topic = topic
    this.partitions = partitions
    this.recordsPerPartition = Math.ceil(records / partitions / recordsPerBatch) * recordsPerBatch
    this.batches = batches
  }

  get records(): number {
    return this.recordsPerPartition * this.partitions
  }

  batch(partition: number, offset: number): RecordBatch {
    const began = systemClock.monotonic()
    const before = process.threadCpuUsage()
    const batch = this.batches.batch(partition, offset)
    const { user, system } = process.threadCpuUsage(before)
    this.cpuMilliseconds += (user + system) / 1e3
    this.milliseconds += systemClock.monotonic() - began
    this.bytes += batch.sizeInBytes
    return batch
  }
}
