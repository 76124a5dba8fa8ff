/** Record batches, version 2: reading, building, patching. The hot path of the wire. */
export { BatchBuilder, type BuildOptions } from './batch/batch-builder.ts'
export { setBaseOffset, setLogAppendTime, setPartitionLeaderEpoch } from './batch/batch-layout.ts'
export { giveMemoryBack } from './batch/batch-memory.ts'
export { buildControlBatch, type ControlBatchOptions } from './batch/control-batch.ts'
export { type ControlType, RecordBatch, readBatches, type TimestampType } from './batch/record-batch.ts'
export { RecordCursor } from './batch/record-cursor.ts'
export type { Compression } from './compression/compression.ts'
