/** Every public name of Millrace. */
export type { Duration } from './clock.ts'
export { parseDuration } from './duration.ts'
export type { ErrorCode, FaultKind, FaultText } from './faults.ts'
export { errorCodes, findFault, MillraceError, reject } from './faults.ts'
export { connectKafka } from './kafka/native/index.ts'
export { type Kafka, KafkaError, type KafkaFault, type KafkaFeatures, type RequestMetrics } from './kafka/port.ts'
export { subscribe, type WorkerEventName, type WorkerEvents } from './observe/events.ts'
export { deadLetter } from './policies/dead-letter.ts'
export type { DeadLetterPolicy, Policy, SkipPolicy, StopPolicy } from './policies/policy.ts'
export { skip } from './policies/skip.ts'
export { stop } from './policies/stop.ts'
export type { RecordHeader, Window } from './record.ts'
export { type KafkaSettings, type RunOptions, type RunSummary, run } from './run.ts'
export { explainKafkaError } from './runtime/kafka-errors.ts'
export type { Guarantee } from './runtime/settings.ts'
export { bytes } from './serde/bytes.ts'
export { type JsonOptions, json } from './serde/json.ts'
export type { LargeIntegers } from './serde/json-decode.ts'
export { NotReady } from './serde/not-ready.ts'
export { nullable } from './serde/nullable.ts'
export { number } from './serde/number.ts'
export type { Serde, SerdeUse } from './serde/serde.ts'
export { text } from './serde/text.ts'
export { hopping, type TimeWindows, tumbling, type WindowOptions } from './time/windows.ts'
export { type Otherwise, otherwise } from './topology/branch.ts'
export { compile } from './topology/compile.ts'
export { type DescribeFormat, describe } from './topology/describe.ts'
export type { GraphDescription } from './topology/describe-graph.ts'
export { from, type SourceOptions } from './topology/from.ts'
export type { Graph } from './topology/graph.ts'
export type { Add, Fold, HandlerContext, StepOptions } from './topology/handler.ts'
export type { LateRecord, RecordContext, SinkNode, SourceRecord } from './topology/nodes.ts'
export type {
  Folds,
  KeyByOptions,
  KeyedStream,
  ReduceOptions,
  Stream,
  Table,
  WindowedStream,
  WindowResults,
  WindowUpdates,
} from './topology/stream.ts'
export {
  type GlobalTable,
  globalTable,
  type TableTopic,
  type Topic,
  type TopicOptions,
  table,
  topic,
  type WritableTopic,
} from './topology/topic.ts'
export { type Topology, topology } from './topology/topology.ts'
export type { Compression } from './wire/compression/compression.ts'
