/** Record batches, version 2: reading, building, patching. The hot path of the wire. */
export { BatchBuilder, type BatchMark, type BuildOptions } from './batch-builder.ts'
export { setBaseOffset, setLogAppendTime, setPartitionLeaderEpoch } from './batch-layout.ts'
export type { Compression, WritableCompression } from './compression.ts'
export { buildControlBatch, type ControlBatchOptions } from './control-batch.ts'
export { type ControlType, RecordBatch, readBatches, type TimestampType } from './record-batch.ts'
export { RecordCursor } from './record-cursor.ts'
