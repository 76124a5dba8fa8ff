/** A dead letter as it lies in its queue, whoever wrote it: the words that reading and moving share. Plain data. */
import type { RecordHeader, TopicPartition } from '../record.ts'

/** Who wrote it; `unknown`: a record without any headers we know. */
export type LetterFamily = 'millrace' | 'streams' | 'connect' | 'share-group' | 'spring' | 'unknown'

/** A record of a log. */
export interface Place extends TopicPartition {
  readonly offset: number
}

/** The record itself lies only at its source: the letter was too large for the queue. */
export interface Pointer {
  /** Of the value, in bytes. */
  readonly length: number
  readonly sha256: string
}

/** What headers say of a failure. None of it is to be trusted: whoever wrote the record could have written them. */
export interface LetterReport {
  readonly family: LetterFamily
  /** Where the failed record was read; offset -1 where no single record is the cause. Null where nothing readable is said. */
  readonly source: Place | null
  /** The record's own Kafka time, milliseconds; null where nothing is said. */
  readonly sourceTime: number | null
  readonly sourceTimestampType: string | null
  /** Version of the headers' form. */
  readonly version: string | null
  readonly app: string | null
  /** Of Connect the connector, of share groups and Spring the group. */
  readonly node: string | null
  readonly stage: string | null
  /** `MR…` */
  readonly code: string | null
  /** Class of the error. */
  readonly error: string | null
  readonly message: string | null
  readonly stack: string | null
  /** Twelve hex digits; of foreign families ours is made of class and node. */
  readonly fingerprint: string
  readonly attempts: number | null
  /** Milliseconds. */
  readonly firstFailedAt: number | null
  readonly failedAt: number | null
  readonly task: string | null
  readonly group: string | null
  readonly schemaId: string | null
  readonly redriveCount: number
  readonly pointer: Pointer | null
  /** `<topic>/<partition>/<offset>` of the first parked record of its key. */
  readonly parkedBehind: string | null
  /** `<partition>/<offset>` of the letter in this queue of which it is an edited copy. */
  readonly editedFrom: string | null
}

/** A record of a queue with what its headers say. Bytes are copies: they may be kept. */
export interface DeadLetter extends LetterReport {
  /** Topic of the queue. */
  readonly queue: string
  readonly partition: number
  readonly offset: number
  /** When it was written, milliseconds. */
  readonly time: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** All of them in order, those of its author too. */
  readonly headers: readonly RecordHeader[]
}

/** What became of a letter: rows of `<app>.dlq-marks`. `open` has no row. */
export type LetterState = 'open' | 'redriven' | 'edited' | 'discarded'
