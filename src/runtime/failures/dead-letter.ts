/** A dead letter: the record as it was read, verbatim, and headers that say what happened (`failures.md` 3). */
import { createHash } from 'node:crypto'
import { findFault, toError } from '../../faults.ts'
import type { FailureStage } from '../../policies/policy.ts'
import type { RecordHeader } from '../../record.ts'
import { stripOwnHeaders } from '../marks.ts'
import type { Reentry } from '../reentry/headers.ts'

/** All that is known about a failure. */
export interface Failure {
  readonly app: string
  readonly node: string
  readonly stage: FailureStage
  readonly error: unknown
  readonly task: string
  readonly group: string
  readonly at: number
  readonly source: FailedRecord
  /** Failed attempts of this owner; 1 where nobody counted. */
  readonly attempts?: number
  /** Wall time of the first of them; `at` where nobody noted it. */
  readonly firstFailedAt?: number
  readonly withoutStack?: boolean
  /** Of a record that waits for an earlier one of its key: `<topic>/<partition>/<offset>` of the first. */
  readonly parkedBehind?: string | null
}

/** The record read from the sub-topology's source. Offset -1: the row of a closed window, which no single record caused. */
export interface FailedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly timestampType: string
  readonly headers: readonly RecordHeader[]
  /** Where it came again from a topic of ours: attempts, redrives. The place above is the first one all the same. */
  readonly reentry?: Reentry | null
}

const messageLimit = 1_024
const stackLimit = 8_192

/** The stage a failure belongs to, by its code. */
export function stageOf(error: unknown): FailureStage {
  switch (findFault(error)?.code) {
    case 'MR3001':
    case 'MR3003':
      return 'deserialize'
    case 'MR3002':
      return 'serialize'
    case 'MR3005':
    case 'MR3011':
      return 'produce'
    case 'MR4103':
      return 'timeout'
    default:
      return 'process'
  }
}

/** The headers of a dead letter: the record's own first, ours last, since the last of a repeated name wins. */
export function deadLetterHeaders(failure: Failure): RecordHeader[] {
  const { source } = failure
  const error = rootOf(toError(failure.error))
  const { attempts, firstFailedAt, redriveCount } = historyOf(failure)
  const errors = {
    exception: error.name,
    message: cut(toError(failure.error).message, messageLimit),
    stacktrace: cut(error.stack ?? '', stackLimit),
    topic: source.topic,
    partition: source.partition,
    offset: source.offset,
  }
  const own = {
    version: 1,
    app: failure.app,
    node: failure.node,
    stage: failure.stage,
    'error.code': findFault(failure.error)?.code ?? 'MR4101',
    fingerprint: fingerprint(error, failure.node),
    attempts,
    'first.failed.at': new Date(firstFailedAt).toISOString(),
    'failed.at': new Date(failure.at).toISOString(),
    task: failure.task,
    group: failure.group,
    'redrive.count': redriveCount,
    'source.timestamp': source.timestamp,
    'source.timestamp.type': source.timestampType,
    ...(failure.parkedBehind && { 'parked.behind': failure.parkedBehind }),
  }
  return [
    ...stripOwnHeaders(source.headers),
    ...textHeaders('__streams.errors.', errors),
    ...textHeaders('__millrace.dlq.', own),
  ]
}

/** What is known of attempts. */
export interface History {
  readonly attempts: number
  /** Wall time, milliseconds. */
  readonly firstFailedAt: number
  readonly redriveCount: number
}

/** Over all owners, and all the ways that the record has come. */
export function historyOf(failure: Pick<Failure, 'source' | 'at' | 'attempts' | 'firstFailedAt'>): History {
  const { source, at, attempts = 1, firstFailedAt = at } = failure
  const { reentry = null } = source
  if (reentry === null) return { attempts, firstFailedAt, redriveCount: 0 }
  return {
    attempts: reentry.attempts + attempts,
    firstFailedAt: reentry.attempts > 0 ? reentry.firstFailedAt : firstFailedAt,
    redriveCount: reentry.redriveCount,
  }
}

/** A dead letter as it may be written. */
export interface Letter {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

const nothing = new Uint8Array(0)

/**
 * A dead letter, then what to write where the topic does not take one so large: without the stack; a pointer to the
 * record; a pointer that has nothing of the record. What no record caused can't be pointed to.
 */
export function* lettersOf(failure: Failure, { key, value }: Omit<Letter, 'headers'>): Generator<Letter> {
  const headers = deadLetterHeaders(failure)
  if (failure.withoutStack !== true) yield { key, value, headers }
  yield { key, value, headers: withoutStack(headers) }
  const { source } = failure
  if (source.offset < 0) return
  const pointer = pointerHeaders(value ?? nothing)
  yield { key, value: nothing, headers: [...withoutStack(headers), ...pointer] }
  const own = deadLetterHeaders({ ...failure, source: { ...source, headers: [] } })
  yield { key: null, value: nothing, headers: [...withoutStack(own), ...pointer] }
}

function withoutStack(headers: readonly RecordHeader[]): RecordHeader[] {
  return headers.filter(({ name }) => name !== '__streams.errors.stacktrace')
}

function pointerHeaders(value: Uint8Array): RecordHeader[] {
  const sha256 = createHash('sha256').update(value).digest('hex')
  return textHeaders('__millrace.dlq.', { pointer: 'true', 'pointer.length': value.length, 'pointer.sha256': sha256 })
}

function textHeaders(prefix: string, values: Readonly<Record<string, string | number>>): RecordHeader[] {
  return Object.entries(values).map(([name, value]) => ({ name: prefix + name, value: Buffer.from(String(value)) }))
}

/**
 * Twelve hex digits that stay the same over deploys and for other data: error class, node, and the function of user
 * code that threw. No line numbers, no message.
 */
function fingerprint(error: Error, node: string): string {
  const frame =
    (error.stack ?? '').split('\n').find((line) => /^\s+at /.test(line) && !/node:|node_modules/.test(line)) ?? ''
  const place = frame
    .trim()
    .replace(/:\d+:\d+\)?$/, '')
    .replace(/^at /, '')
    .replace(/\(?(?:file:\/\/)?\/.*\//, '')
  return createHash('sha256').update(`${error.name}\n${node}\n${place}`).digest('hex').slice(0, 12)
}

/** The deepest Error of a chain of causes: what user code or a parser threw first. */
function rootOf(error: Error): Error {
  let root = error
  for (let depth = 0; root.cause instanceof Error && depth < 16; depth++) root = root.cause
  return root
}

/** Cut on a character boundary, marked. */
function cut(text: string, limit: number): string {
  const bytes = Buffer.from(text.toWellFormed())
  if (bytes.length <= limit) return text.toWellFormed()
  let end = limit - 3
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return `${bytes.toString('utf8', 0, end)}…`
}
