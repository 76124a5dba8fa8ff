/** Every public name of Millrace. */
export type { Duration } from './clock.ts'
export * from './dead-letters/index.ts'
export { parseDuration } from './duration.ts'
export type { ErrorCode, FaultKind, FaultText } from './faults.ts'
export { errorCodes, findFault, MillraceError, reject, retryLater } from './faults.ts'
export { connectKafka } from './kafka/native/index.ts'
export { type Kafka, KafkaError, type KafkaFault, type KafkaFeatures, type RequestMetrics } from './kafka/port.ts'
export { subscribe, type WorkerEventName, type WorkerEvents } from './observe/events.ts'
export { type BreakerOptions, breaker } from './policies/breaker.ts'
export { deadLetter } from './policies/dead-letter.ts'
export { type ParkOptions, park } from './policies/park.ts'
export { pause } from './policies/pause.ts'
export type {
  AsyncPolicy,
  BreakerPolicy,
  DeadLetterPolicy,
  ParkPolicy,
  PausePolicy,
  Policy,
  RetryPolicy,
  RetryTopicsPolicy,
  SkipPolicy,
  StopPolicy,
} from './policies/policy.ts'
export { type RetryOptions, retry } from './policies/retry.ts'
export { retryTopics } from './policies/retry-topics.ts'
export { skip } from './policies/skip.ts'
export { stop } from './policies/stop.ts'
export type { RecordHeader, Window } from './record.ts'
export { type KafkaSettings, type RunOptions, type RunSummary, run } from './run.ts'
export { readDeployed } from './runtime/deployed.ts'
export { explainKafkaError } from './runtime/kafka-errors.ts'
export type { DeadLetterOptions, Guarantee, LetterRateOptions } from './runtime/settings.ts'
export { bytes } from './serde/bytes.ts'
export { type EvolvingSerde, evolving } from './serde/evolving.ts'
export { type JsonOptions, json } from './serde/json.ts'
export type { LargeIntegers } from './serde/json-decode.ts'
export { NotReady } from './serde/not-ready.ts'
export { nullable } from './serde/nullable.ts'
export { number } from './serde/number.ts'
export type { Serde, SerdeUse } from './serde/serde.ts'
export { text } from './serde/text.ts'
export { memory } from './state/memory/backend.ts'
export type { StateBackend } from './state/rows.ts'
export { onChange, onEventTime, onRecords, onWallClock, type Trigger } from './time/triggers.ts'
export {
  type CountWindows,
  type CumulateWindows,
  countWindow,
  cumulate,
  type GlobalWindows,
  globalWindow,
  hopping,
  type SessionWindows,
  type SlidingWindows,
  session,
  sliding,
  type TimeWindows,
  tumbling,
  type WindowOptions,
  type Windows,
} from './time/windows.ts'
export { type Otherwise, otherwise } from './topology/branch.ts'
export { begin } from './topology/chain/sequence.ts'
export {
  type Cogroup,
  type Cogrouped,
  type CogroupSum,
  cogroup,
  type MergingCogroupSum,
} from './topology/cogroup.ts'
export { type ChangeEffect, compareTopologies, needsReplay, type TopologyChange } from './topology/compare.ts'
export { compile } from './topology/compile.ts'
export { type DescribeFormat, describe } from './topology/describe.ts'
export type { GraphDescription } from './topology/describe-graph.ts'
export { from, type SourceOptions, type TableSourceOptions } from './topology/from.ts'
export type { Graph } from './topology/graph.ts'
export type { Add, Fold, HandlerContext, MergingFold, StepOptions } from './topology/handler.ts'
export type { LateOptions } from './topology/late.ts'
export type { LateRecord, Pane, RecordContext, SinkNode, SourceRecord } from './topology/nodes.ts'
export { mapState, type StateOptions, valueState } from './topology/states.ts'
export type { AsOfOptions, ForeignKeyOptions, JoinBounds, StreamJoinOptions } from './topology/steps/joins.ts'
export type { Matches, PatternContext, PatternOptions, Sequence } from './topology/steps/pattern.ts'
export type {
  AsyncContext,
  EveryKey,
  MapAsyncOptions,
  MapState,
  ProcessContext,
  ProcessDefinition,
  PunctuatorContext,
  TickingDefinition,
  Timer,
  ValueState,
} from './topology/steps/processing.ts'
export type { DedupeOptions, Ranked, RetractableFold, RetractableReduce, TopOptions } from './topology/steps/tables.ts'
export type {
  CountWindowedStream,
  Folds,
  GlobalResults,
  GlobalWindowedStream,
  GroupedTable,
  JoinPairs,
  JoinResults,
  KeyByOptions,
  KeyedStream,
  ReduceOptions,
  SessionResults,
  SessionWindowedStream,
  SourceTable,
  Stream,
  Table,
  VersionedTable,
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
  type VersionedTableTopic,
  versionedTable,
  type WritableTopic,
} from './topology/topic.ts'
export { type Topology, topology } from './topology/topology.ts'
export type { Compression } from './wire/compression/compression.ts'
