/** A letter becomes the record again that it was: key and value verbatim, its author's headers, and where it comes from. */
import { createHash } from 'node:crypto'
import type { RecordHeader, TopicPartition } from '../../record.ts'
import { type Reentry, reentryHeaders } from '../../runtime/reentry/headers.ts'
import type { LetterReport, Place, Pointer } from '../letter.ts'
import type { ReadRecord } from '../reading/place-reader.ts'
import { recordHeaders } from './author-headers.ts'

/** A record to be written. */
export interface MovedRecord {
  readonly target: TopicPartition
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

export interface Moving {
  readonly job: string
  readonly source: Place
  readonly target: TopicPartition
  /** False for a topic of the user: nobody there reads what we say of a record. */
  readonly isReentry: boolean
}

/**
 * @param origin of a pointer: the record that it points to
 */
export function movedRecord(
  letter: ReadRecord,
  report: LetterReport,
  moving: Moving,
  origin: ReadRecord | null,
): MovedRecord {
  const { key, value } = origin ?? letter
  const headers = origin === null ? recordHeaders(letter.headers) : origin.headers.filter(({ name }) => !isOurs(name))
  const own = moving.isReentry ? reentryHeaders(redrivenOf(letter, report, moving)) : []
  return {
    target: moving.target,
    timestamp: origin?.timestamp ?? report.sourceTime ?? letter.timestamp,
    key,
    value,
    headers: [...headers, ...own],
  }
}

function isOurs(name: string): boolean {
  return name.startsWith('__millrace.')
}

function redrivenOf({ timestamp }: ReadRecord, report: LetterReport, moving: Moving): Reentry {
  return { ...reentryOf(report, timestamp, moving), redriveCount: report.redriveCount + 1 }
}

/** @param written when the letter was: what it does not say itself is taken from there */
export function reentryOf(
  report: LetterReport,
  written: number,
  { job, source }: Pick<Moving, 'job' | 'source'>,
): Reentry {
  return {
    topic: source.topic,
    partition: source.partition,
    offset: source.offset,
    timestampType: report.sourceTimestampType ?? 'CreateTime',
    attempts: report.attempts ?? 1,
    firstFailedAt: report.firstFailedAt ?? written,
    hops: 0,
    dueAt: 0,
    redriveCount: report.redriveCount,
    job,
  }
}

/** What is wrong with the record that a pointer points to; null: it is the one. */
export function wrongOrigin({ length, sha256 }: Pointer, origin: ReadRecord | null): string | null {
  if (origin === null) return 'its record is gone from the source'
  const value = origin.value ?? Buffer.alloc(0)
  const isSame = value.length === length && createHash('sha256').update(value).digest('hex') === sha256
  return isSame ? null : 'another record lies at its place in the source'
}
