/** Reads the record at the head of a queue: key, value, event time. Whatever can be wrong with it is named. */
import { findFault, type MillraceError, reject } from '../../faults.ts'
import type { Serde } from '../../serde/serde.ts'
import { isTime, type TimestampFault, timestampFault } from '../../time/timestamps.ts'
import type { RecordCursor } from '../../wire/batch.ts'
import type { Rejections } from '../counters.ts'
import type { Hand } from '../hand.ts'
import { HeadRecord } from './context.ts'
import type { PartitionQueue } from './queue.ts'
import { sourceNodeOf, type Task } from './task.ts'

/** How to read the records of one queue. */
export interface Reader {
  readonly key: Serde<unknown>
  readonly value: Serde<unknown>
  readonly nullIsDelete: boolean
  readonly isRepartition: boolean
  readonly outOfOrderness: number
  /** What the user says of the record at the head; null: Kafka's timestamp. */
  readonly timestamp: (() => unknown) | null
  /** What the record at the head says of time; null where no record does. */
  readonly promise: (() => unknown) | null
  readonly maxLead: number
  readonly source: number
  /** Index of the source's node. */
  readonly node: number
  /** Null where nobody watches. */
  readonly hand: Hand | null
}

/** Why a record never reaches a step. */
export interface Refusal {
  readonly reason: keyof Rejections
  readonly error: unknown
}

/** Whether a time is too far ahead of the wall clock, or once was found to be. */
export type LeadJudge = (queue: PartitionQueue, time: number, reader: Reader) => boolean

/** Kafka's way to say that a record has no timestamp. */
const noTimestamp = -1

const countedAs: { readonly [F in TimestampFault]: keyof Rejections } = {
  missing: 'missingTimestamps',
  negative: 'negativeTimestamps',
  invalid: 'invalidTimestamps',
}

/**
 * Decodes and stamps the record at the cursor into the queue's head.
 * @returns null when it can be taken
 */
export function readHead(
  queue: PartitionQueue,
  cursor: RecordCursor,
  reader: Reader,
  isAhead: LeadJudge,
): Refusal | null {
  const { head } = queue
  let reason: keyof Rejections = cursor.keyStart < 0 ? 'nullKeys' : 'undecodable'
  try {
    reader.hand?.admit(queue, cursor.offset)
    head.key =
      cursor.keyStart < 0 ? nullOf(reader.key) : reader.key.decode(cursor.bytes, cursor.keyStart, cursor.keyEnd)
    reason = cursor.valueStart < 0 ? 'nullValues' : 'undecodable'
    head.value =
      cursor.valueStart >= 0
        ? reader.value.decode(cursor.bytes, cursor.valueStart, cursor.valueEnd)
        : reader.nullIsDelete
          ? null
          : nullOf(reader.value)
    reason = 'unreadableTimestamps'
    return stamp(queue, cursor, reader, isAhead)
  } catch (error) {
    return { reason, error }
  } finally {
    reader.hand?.leave()
  }
}

/** The fault of a refusal, as policies and dead letters see it. */
export function faultOf({ reason, error }: Refusal): MillraceError {
  const isStamp = reason === 'unreadableTimestamps'
  const what = isStamp ? 'The timestamp could not be read' : 'The bytes could not be decoded'
  return findFault(error) ?? reject(what, { code: isStamp ? 'MR3003' : 'MR3001', cause: error })
}

function stamp(queue: PartitionQueue, cursor: RecordCursor, reader: Reader, isAhead: LeadJudge): Refusal | null {
  const { head } = queue
  const { timestamp } = reader
  const time = timestamp === null ? cursor.timestamp : timestamp()
  const fault = timestamp === null && time === noTimestamp ? 'missing' : timestampFault(time)
  if (fault !== null) return refusal(countedAs[fault], `A timestamp is ${fault}: ${String(time)}`)
  head.time = Math.floor(time as number)
  if (isAhead(queue, head.time, reader)) return tooFarAhead('A timestamp', head.time)
  return reader.promise === null ? null : promise(queue, reader, isAhead)
}

function promise(queue: PartitionQueue, reader: Reader, isAhead: LeadJudge): Refusal | null {
  const said = reader.promise!()
  queue.head.promise = -1
  if (said === null || said === undefined) return null
  if (typeof said !== 'number' || !isTime(said)) return refusal('invalidWatermarks', `A watermark is ${String(said)}`)
  if (isAhead(queue, said, reader)) return tooFarAhead('A watermark', said)
  queue.head.promise = Math.floor(said)
  return null
}

function tooFarAhead(what: string, time: number): Refusal {
  return refusal('futureTimestamps', `${what}, ${new Date(time).toISOString()}, lies too far ahead of the clock`)
}

function refusal(reason: keyof Rejections, what: string): Refusal {
  return { reason, error: reject(what, { code: 'MR3003' }) }
}

/** @param source place among the sources of the sub-topology; a queue of ours has records of several */
export function readerOf(
  { subTopology, context }: Task,
  queue: PartitionQueue,
  source: number,
  bounded: boolean,
): Reader {
  const { node, role, index: place } = subTopology.nodes[subTopology.sources[source]!.node]!
  const record = new HeadRecord(queue)
  const stamps = sourceNodeOf(subTopology, source)
  const { timestamp = null, watermark = null, outOfOrderness = 0 } = stamps ?? {}
  const maxLead = 'maxLead' in node ? node.maxLead : 'off'
  const serdes =
    node.kind === 'repartition'
      ? { key: node.keySerde, value: node.valueSerde }
      : (node as { topic: { key: Serde<unknown>; value: Serde<unknown> } }).topic
  return {
    key: serdes.key,
    value: serdes.value,
    nullIsDelete: node.kind === 'table-source',
    isRepartition: role === 'repartition-source',
    outOfOrderness,
    timestamp: timestamp === null ? null : () => timestamp(queue.head.value, record),
    promise: watermark === null ? null : () => watermark(queue.head.value, record),
    maxLead: maxLead === 'off' || bounded ? Number.POSITIVE_INFINITY : maxLead,
    source,
    node: place,
    hand: context.hand,
  }
}

/** Null where the serde admits it. */
function nullOf(serde: Serde<unknown>): null {
  if (serde.nullable) return null
  throw reject(`A null was read where ${serde.name} does not allow it`, { code: 'MR3001' })
}
