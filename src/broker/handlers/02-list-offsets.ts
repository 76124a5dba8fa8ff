/**
 * ListOffsets.
 * Behaviour: -1 the end (under read_committed the stable end), -2 the start, -3 the record with the latest time, -4 the
 * start of what is local, which is all, -5 the end of what is elsewhere, which is nothing; any other number finds the
 * first record of that time or later, -1 when there is none.
 * Version notes: 2 isolation · 4 leader epochs · 7 latest time · 8, 9 tiered storage, of which there is none.
 */
import { ListOffsets } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { leaderProblem } from '../leader-problem.ts'
import type { PartitionLog } from '../log/log.ts'
import { firstSince, latest, type TimedOffset } from '../log/times.ts'

type ListRequest = Request<typeof ListOffsets>
type Wanted = ListRequest['topics'][number]['partitions'][number]
type Listed = ResponseInput<typeof ListOffsets>['topics'][number]['partitions'][number]

const epochsFrom = 4

/** The numbers below 0 that have a meaning, and the version each came with. */
const specialTimes: ReadonlyMap<number, number> = new Map([
  [-1, 1],
  [-2, 1],
  [-3, 7],
  [-4, 8],
  [-5, 9],
])

const nothing: TimedOffset = { offset: -1, timestamp: -1, leaderEpoch: -1 }

export const listOffsets: AnyHandler = handler({
  api: ListOffsets,
  execute(request, broker, { node, version }) {
    return answer(request, (wanted, topic) => {
      if (!isKnownTime(wanted.timestamp, version)) return refused(wanted, errorCode.UNSUPPORTED_VERSION)
      const log = broker.topics.log(topic, wanted.partitionIndex)
      if (log === undefined) return refused(wanted, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
      const code = leaderProblem(node, log, wanted.currentLeaderEpoch)
      if (code !== errorCode.NONE) return refused(wanted, code)
      const end = request.isolationLevel === 1 ? log.stableOffset : log.endOffset
      const { offset, timestamp, leaderEpoch } = find(log, wanted.timestamp, end)
      const epoch = version < epochsFrom ? {} : { leaderEpoch }
      return { partitionIndex: wanted.partitionIndex, errorCode: errorCode.NONE, offset, timestamp, ...epoch }
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

function isKnownTime(time: number, version: number): boolean {
  const since = specialTimes.get(time)
  return time >= 0 || (since !== undefined && version >= since)
}

function find(log: PartitionLog, time: number, end: number): TimedOffset {
  const { startOffset, leaderEpoch } = log
  if (time === -1) return { offset: end, timestamp: -1, leaderEpoch }
  if (time === -2 || time === -4) return { offset: startOffset, timestamp: -1, leaderEpoch: log.epochAt(startOffset) }
  if (time < 0 && time !== -3) return nothing
  const found = time === -3 ? latest(log) : firstSince(log, time)
  return found === null || found.offset >= end ? nothing : found
}

function refused({ partitionIndex }: Wanted, code: number): Listed {
  return { partitionIndex, errorCode: code, offset: -1, timestamp: -1 }
}
