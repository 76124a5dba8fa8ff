/** A dead letter: the record as it was read, verbatim, and headers that say what happened (`failures.md` 3). */
import { hash } from 'node:crypto'
import { findFault, stackOf, toError } from '../../faults.ts'
import type { FailureStage } from '../../policies/policy.ts'
import type { RecordHeader } from '../../record.ts'
import type { Reentry } from '../reentry/headers.ts'
import { stripOwnHeaders } from '../time/marks.ts'
import { encodedOnce, encodedTime, encodedWithin } from './encoded-text.ts'
import { fingerprintOf } from './fingerprint.ts'
import { withoutOurTail } from './stack-tail.ts'

/** All that is known about a failure. */
export interface Failure {
  readonly app: string
  /** Of the topology: `versionOf` its hash. */
  readonly version: string
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
const stackHeader = '__streams.errors.stacktrace'

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

/**
 * What letters call a version of the app: the beginning of its topology's hash.
 * @example versionOf(topology.hash) // '9f86d081884c'
 */
export function versionOf(hashOfTopology: string): string {
  return hashOfTopology.slice(0, 12)
}

/** The headers of a dead letter: the record's own first, ours last, since the last of a repeated name wins. */
export function deadLetterHeaders(failure: Failure): RecordHeader[] {
  return headersOf(failure, true)
}

/** @param hasStack false: its stack is not formatted for this */
function headersOf(failure: Failure, hasStack: boolean): RecordHeader[] {
  const { source } = failure
  const thrown = toError(failure.error)
  const root = rootOf(thrown)
  const { attempts, firstFailedAt, redriveCount } = historyOf(failure)
  const headers = [
    ...stripOwnHeaders(source.headers),
    exceptionHeader(root),
    header('__streams.errors.message', encodedWithin(messageLimit, thrown.message)),
    ...(hasStack ? [header(stackHeader, encodedWithin(stackLimit, withoutOurTail(stackOf(root))))] : []),
    often('__streams.errors.topic', source.topic),
    often('__streams.errors.partition', source.partition),
    once('__streams.errors.offset', source.offset),
    often('__millrace.dlq.version', failure.version),
    often('__millrace.dlq.app', failure.app),
    often('__millrace.dlq.node', failure.node),
    often('__millrace.dlq.stage', failure.stage),
    often('__millrace.dlq.error.code', findFault(thrown)?.code ?? 'MR4101'),
    often('__millrace.dlq.fingerprint', fingerprintOf(root, failure.node)),
    often('__millrace.dlq.attempts', attempts),
    header('__millrace.dlq.first.failed.at', encodedTime(firstFailedAt)),
    header('__millrace.dlq.failed.at', encodedTime(failure.at)),
    often('__millrace.dlq.task', failure.task),
    often('__millrace.dlq.group', failure.group),
    often('__millrace.dlq.redrive.count', redriveCount),
    once('__millrace.dlq.source.timestamp', source.timestamp),
    often('__millrace.dlq.source.timestamp.type', source.timestampType),
  ]
  const { parkedBehind } = failure
  if (parkedBehind) headers.push(once('__millrace.dlq.parked.behind', parkedBehind))
  return headers
}

/** Whoever makes names of errors of data is not remembered. */
function exceptionHeader({ name }: Error): RecordHeader {
  const header = '__streams.errors.exception'
  return name.length <= 100 ? often(header, name) : { name: header, value: encodedWithin(messageLimit, name) }
}

function header(name: string, value: Buffer): RecordHeader {
  return { name, value }
}

/** Said by many letters. */
function often(name: string, value: string | number): RecordHeader {
  return { name, value: encodedOnce(String(value)) }
}

/** Said by hardly another letter. */
function once(name: string, value: string | number): RecordHeader {
  return { name, value: Buffer.from(String(value)) }
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
  if (failure.withoutStack !== true) yield { key, value, headers: headersOf(failure, true) }
  const headers = headersOf(failure, false)
  yield { key, value, headers }
  const { source } = failure
  if (source.offset < 0) return
  const pointer = pointerHeaders(value ?? nothing)
  yield { key, value: nothing, headers: [...headers, ...pointer] }
  const own = headersOf({ ...failure, source: { ...source, headers: [] } }, false)
  yield { key: null, value: nothing, headers: [...own, ...pointer] }
}

function pointerHeaders(value: Uint8Array): RecordHeader[] {
  return [
    often('__millrace.dlq.pointer', 'true'),
    once('__millrace.dlq.pointer.length', value.length),
    once('__millrace.dlq.pointer.sha256', hash('sha256', value)),
  ]
}

/** The deepest Error of a chain of causes: what user code or a parser threw first. */
function rootOf(error: Error): Error {
  let root = error
  for (let depth = 0; root.cause instanceof Error && depth < 16; depth++) root = toError(root.cause)
  return root
}
