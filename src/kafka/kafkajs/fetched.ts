/** What kafkajs decoded of an answer to Fetch, made whole again: batches, and only what was committed. */

import type { RecordHeader } from '../../record.ts'
import { BatchBuilder, RecordBatch, setBaseOffset } from '../../wire/batch.ts'

/** The batch that a message came in. One object for all of its messages. */
export interface BatchContext {
  readonly firstOffset: string
  readonly lastOffsetDelta: number
  readonly producerId: string
  readonly inTransaction: boolean
  readonly isControlBatch: boolean
  /** 1: the broker's time. */
  readonly timestampType: number
}

export interface FetchedMessage {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>
  /** Absent in formats before version 2. */
  readonly batchContext?: BatchContext
}

type HeaderValue = Buffer | null

export interface AbortedTransaction {
  readonly producerId: string
  readonly firstOffset: string
}

/** One partition of an answer, as kafkajs gives it to who asks a broker directly. */
export interface FetchedData {
  readonly partition: number
  readonly highWatermark: string
  readonly lastStableOffset?: string
  readonly abortedTransactions?: readonly AbortedTransaction[] | null
  readonly messages: readonly FetchedMessage[]
}

/** Messages that were one batch. */
interface Section {
  readonly context: BatchContext | null
  readonly lastOffset: number
  readonly messages: readonly FetchedMessage[]
}

/** Where reading goes on: the end of the last batch, which compaction may have left without its last records. */
export function endOf({ messages }: FetchedData, position: number): number {
  const last = messages.at(-1)
  return last === undefined ? position : lastOffsetOf(last) + 1
}

/** What a user may see. @param committedOnly leaves out aborted data; control records are never shown */
export function batchesOf({ messages, abortedTransactions }: FetchedData, committedOnly: boolean): RecordBatch[] {
  const sections = sectionsOf(messages)
  const visible = committedOnly
    ? withoutAborted(sections, abortedTransactions ?? [])
    : sections.filter(({ context }) => !context?.isControlBatch)
  return visible.flatMap(rebuild)
}

function sectionsOf(messages: readonly FetchedMessage[]): Section[] {
  const sections: Section[] = []
  for (let start = 0; start < messages.length; ) {
    const { batchContext } = messages[start]!
    let end = start + 1
    while (batchContext !== undefined && messages[end]?.batchContext === batchContext) end++
    const lastOffset = lastOffsetOf(messages[start]!)
    sections.push({ context: batchContext ?? null, lastOffset, messages: messages.slice(start, end) })
    start = end
  }
  return sections
}

function lastOffsetOf({ offset, batchContext }: FetchedMessage): number {
  return batchContext === undefined ? Number(offset) : Number(batchContext.firstOffset) + batchContext.lastOffsetDelta
}

/**
 * Drops the batches of aborted transactions and every control batch. Brokers list aborted transactions in the order of
 * their *markers*, so they are sorted by where they begin; kafkajs' own consumer does not, and shows aborted records.
 * Source of the rule: KIP-98.
 */
function withoutAborted(sections: readonly Section[], aborted: readonly AbortedTransaction[]): Section[] {
  const pending = [...aborted].sort((left, right) => Number(left.firstOffset) - Number(right.firstOffset))
  const aborting = new Set<string>()
  let next = 0
  return sections.filter(({ context, lastOffset, messages }) => {
    for (; next < pending.length && Number(pending[next]!.firstOffset) <= lastOffset; next++) {
      aborting.add(pending[next]!.producerId)
    }
    if (context === null) return true
    if (!context.isControlBatch) return !context.inTransaction || !aborting.has(context.producerId)
    if (isAbort(messages[0]!)) aborting.delete(context.producerId)
    return false
  })
}

/** The key of a control record: version, then type, 0 for an abort. */
function isAbort({ key }: FetchedMessage): boolean {
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0
}

/** Batches of consecutive offsets: compaction may have torn holes, for which our builder has no word. */
function rebuild({ context, messages }: Section): RecordBatch[] {
  const batches: RecordBatch[] = []
  for (let start = 0; start < messages.length; ) {
    const first = Number(messages[start]!.offset)
    let end = start + 1
    while (end < messages.length && Number(messages[end]!.offset) === first + end - start) end++
    batches.push(build(first, messages.slice(start, end), context?.timestampType === 1))
    start = end
  }
  return batches
}

function build(offset: number, messages: readonly FetchedMessage[], isAppendTime: boolean): RecordBatch {
  const builder = new BatchBuilder()
  for (const { timestamp, key, value, headers } of messages) {
    builder.append(Number(timestamp), key, value, headersOf(headers))
  }
  const bytes = builder.build(isAppendTime ? { timestampType: 'LogAppendTime' } : {})
  setBaseOffset(bytes, 0, offset)
  return new RecordBatch(bytes, 0, bytes.length)
}

function headersOf(headers: FetchedMessage['headers'] = {}): RecordHeader[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    (isSeveral(values) ? values : [values]).map((value) => ({ name, value })),
  )
}

function isSeveral(value: HeaderValue | readonly HeaderValue[]): value is readonly HeaderValue[] {
  return Array.isArray(value)
}
