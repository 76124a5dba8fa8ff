/** The headers of each family that writes dead letters, as a table. Numbers are text, but for Spring's, which are binary. */
import type { LetterFamily } from '../letter.ts'

/** How a header's bytes are read. */
export type HeaderForm = 'text' | 'number' | 'int32' | 'int64' | 'instant'

/** What is read from headers; named as in `LetterReport`, the place and the pointer in parts. */
export type ReportField =
  | 'topic'
  | 'partition'
  | 'offset'
  | 'sourceTime'
  | 'sourceTimestampType'
  | 'version'
  | 'app'
  | 'node'
  | 'stage'
  | 'code'
  | 'error'
  | 'message'
  | 'stack'
  | 'fingerprint'
  | 'attempts'
  | 'firstFailedAt'
  | 'failedAt'
  | 'task'
  | 'group'
  | 'schemaId'
  | 'redriveCount'
  | 'pointer'
  | 'pointerLength'
  | 'pointerSha256'
  | 'parkedBehind'
  | 'editedFrom'

export type FamilyHeaders = { readonly [F in ReportField]?: readonly [name: string, form: HeaderForm] }

/** KIP-1034. Ours have them too. */
const streams: FamilyHeaders = {
  error: ['__streams.errors.exception', 'text'],
  message: ['__streams.errors.message', 'text'],
  stack: ['__streams.errors.stacktrace', 'text'],
  topic: ['__streams.errors.topic', 'text'],
  partition: ['__streams.errors.partition', 'number'],
  offset: ['__streams.errors.offset', 'number'],
}

/** `failures.md` 3.1. A family is recognised by any header of its own; who stands first is asked first. */
export const families: Readonly<Record<Exclude<LetterFamily, 'unknown'>, FamilyHeaders>> = {
  millrace: {
    ...streams,
    version: ['__millrace.dlq.version', 'text'],
    app: ['__millrace.dlq.app', 'text'],
    node: ['__millrace.dlq.node', 'text'],
    stage: ['__millrace.dlq.stage', 'text'],
    code: ['__millrace.dlq.error.code', 'text'],
    fingerprint: ['__millrace.dlq.fingerprint', 'text'],
    attempts: ['__millrace.dlq.attempts', 'number'],
    firstFailedAt: ['__millrace.dlq.first.failed.at', 'instant'],
    failedAt: ['__millrace.dlq.failed.at', 'instant'],
    task: ['__millrace.dlq.task', 'text'],
    group: ['__millrace.dlq.group', 'text'],
    schemaId: ['__millrace.dlq.schema.id', 'text'],
    redriveCount: ['__millrace.dlq.redrive.count', 'number'],
    sourceTime: ['__millrace.dlq.source.timestamp', 'number'],
    sourceTimestampType: ['__millrace.dlq.source.timestamp.type', 'text'],
    pointer: ['__millrace.dlq.pointer', 'text'],
    pointerLength: ['__millrace.dlq.pointer.length', 'number'],
    pointerSha256: ['__millrace.dlq.pointer.sha256', 'text'],
    parkedBehind: ['__millrace.dlq.parked.behind', 'text'],
    editedFrom: ['__millrace.dlq.edited.from', 'text'],
  },
  streams,
  connect: {
    topic: ['__connect.errors.topic', 'text'],
    partition: ['__connect.errors.partition', 'number'],
    offset: ['__connect.errors.offset', 'number'],
    node: ['__connect.errors.connector.name', 'text'],
    task: ['__connect.errors.task.id', 'text'],
    stage: ['__connect.errors.stage', 'text'],
    error: ['__connect.errors.exception.class.name', 'text'],
    message: ['__connect.errors.exception.message', 'text'],
    stack: ['__connect.errors.exception.stacktrace', 'text'],
  },
  'share-group': {
    topic: ['__dlq.errors.topic', 'text'],
    partition: ['__dlq.errors.partition', 'number'],
    offset: ['__dlq.errors.offset', 'number'],
    group: ['__dlq.errors.group', 'text'],
    attempts: ['__dlq.errors.delivery.count', 'number'],
    message: ['__dlq.errors.message', 'text'],
  },
  spring: {
    topic: ['kafka_dlt-original-topic', 'text'],
    partition: ['kafka_dlt-original-partition', 'int32'],
    offset: ['kafka_dlt-original-offset', 'int64'],
    sourceTime: ['kafka_dlt-original-timestamp', 'int64'],
    sourceTimestampType: ['kafka_dlt-original-timestamp-type', 'text'],
    group: ['kafka_dlt-original-consumer-group', 'text'],
    error: ['kafka_dlt-exception-fqcn', 'text'],
    message: ['kafka_dlt-exception-message', 'text'],
    stack: ['kafka_dlt-exception-stacktrace', 'text'],
  },
}

/** What headers of dead letters begin with, whoever wrote them. */
export const letterPrefixes: readonly string[] = [
  '__millrace.',
  '__streams.errors.',
  '__connect.errors.',
  '__dlq.errors.',
  'kafka_dlt-',
]
