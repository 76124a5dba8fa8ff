/**
 * ListOffsets.
 * Behaviour: -1 the end (under read_committed the stable end), -2 the start, -3 the record with the latest time, -4 the
 * start of what is local, which is all, -5 the end of what is elsewhere, which is nothing; any other number finds the
 * first record of that time or later, -1 when there is none.
 * Version notes: 2 isolation · 4 leader epochs · 7 latest time · 8, 9 tiered storage, of which there is none.
 */
import { ListOffsets } from '../../wire/apis/index.ts'
import type { RecordBatch } from '../../wire/batch.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import { type AnyHandler, handler } from '../handler.ts'
import type { PartitionLog } from '../log/log.ts'

type ListRequest = Request<typeof ListOffsets>
type Wanted = ListRequest['topics'][number]['partitions'][number]
type Listed = ResponseInput<typeof ListOffsets>['topics'][number]['partitions'][number]

const epochsFrom = 4

interface Found {
  readonly offset: number
  readonly timestamp: number
}

const nothing: Found = { offset: -1, timestamp: -1 }

export const listOffsets: AnyHandler = handler({
  api: ListOffsets,
  execute(request, broker, { version }) {
    return answer(request, (wanted, topic) => {
      const log = broker.topics.log(topic, wanted.partitionIndex)
      if (log === undefined) return refused(wanted, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
      if (wanted.currentLeaderEpoch > log.leaderEpoch) return refused(wanted, errorCode.UNKNOWN_LEADER_EPOCH)
      const end = request.isolationLevel === 1 ? log.stableOffset : log.endOffset
      const found = find(log, wanted.timestamp, end)
      const epoch = found.offset < 0 || version < epochsFrom ? {} : { leaderEpoch: log.leaderEpoch }
      return { partitionIndex: wanted.partitionIndex, errorCode: errorCode.NONE, ...found, ...epoch }
    })
  },
  refuse: (request, code) => answer(request, (wanted) => refused(wanted, code)),
})

function answer(
  request: ListRequest,
  respond: (wanted: Wanted, topic: string) => Listed,
): ResponseInput<typeof ListOffsets> {
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((wanted) => respond(wanted, name)),
  }))
  return { throttleTimeMs: 0, topics }
}

function find(log: PartitionLog, time: number, end: number): Found {
  if (time === -1) return { offset: end, timestamp: -1 }
  if (time === -2 || time === -4) return { offset: log.startOffset, timestamp: -1 }
  if (time === -3) return latest(log, end)
  return time < 0 ? nothing : firstSince(log, time, end)
}

function firstSince(log: PartitionLog, time: number, end: number): Found {
  for (const batch of log.batchesSince(time)) {
    if (batch.baseOffset >= end) break
    const found = firstIn(batch, (timestamp, offset) => timestamp >= time && offset >= log.startOffset)
    if (found !== null) return found
  }
  return nothing
}

function latest(log: PartitionLog, end: number): Found {
  let last: RecordBatch | null = null
  for (const batch of log.batches()) {
    if (batch.baseOffset < end && batch.maxTimestamp > (last?.maxTimestamp ?? -1)) last = batch
  }
  if (last === null) return nothing
  const { maxTimestamp } = last
  return firstIn(last, (timestamp) => timestamp === maxTimestamp) ?? nothing
}

function firstIn(batch: RecordBatch, isWanted: (timestamp: number, offset: number) => boolean): Found | null {
  for (const cursor = batch.cursor(); cursor.next(); ) {
    if (isWanted(cursor.timestamp, cursor.offset)) return { offset: cursor.offset, timestamp: cursor.timestamp }
  }
  return null
}

function refused({ partitionIndex }: Wanted, code: number): Listed {
  return { partitionIndex, errorCode: code, ...nothing }
}
