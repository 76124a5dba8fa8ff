/** The batch a coordinator writes to end a transaction in a partition (KIP-98). */

import { BatchBuilder } from './batch-builder.ts'
import { attribute, headerSize, writeHeader } from './batch-layout.ts'

export interface ControlBatchOptions {
  readonly type: 'commit' | 'abort'
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly timestamp: number
}

/** A finished control batch of one marker, base offset 0. */
export function buildControlBatch(options: ControlBatchOptions): Buffer {
  const key = Buffer.alloc(4)
  key.writeInt16BE(options.type === 'commit' ? 1 : 0, 2)
  const value = Buffer.alloc(6)
  value.writeInt32BE(options.coordinatorEpoch, 2)
  const builder = new BatchBuilder(headerSize + 32)
  builder.append(options.timestamp, key, value)
  const bytes = builder.build({})
  const header = {
    attributes: attribute.transactional | attribute.control,
    lastOffsetDelta: 0,
    baseTimestamp: options.timestamp,
    maxTimestamp: options.timestamp,
    producerId: options.producerId,
    producerEpoch: options.producerEpoch,
    baseSequence: -1,
    recordCount: 1,
  }
  writeHeader(bytes, bytes.length, header, -1)
  return bytes
}
