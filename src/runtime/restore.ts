/** Reads compacted topics to their present end: how state, progress and global tables come back. */
import type { FetchedPartition, Fetcher, Kafka, PartitionOffset } from '../kafka/port.ts'
import { partitionName, type RecordHeader, type TopicPartition } from '../record.ts'
import { findNotReady } from '../serde/not-ready.ts'

/** One row read back; the views belong to a network buffer. */
export type RestoredRow = (
  key: Buffer | null,
  value: Buffer | null,
  timestamp: number,
  offset: number,
  headers?: readonly RecordHeader[],
) => void

export interface RestoreTarget {
  readonly partition: TopicPartition
  readonly apply: RestoredRow
  /** Stops there instead of at the end: a table source is restored to its committed position. */
  readonly until?: number
  /** Up to where it was restored before; -1: nothing was. */
  readonly from?: number
  /** `from` lies outside the log: what was restored before is void, and all comes from the log's start. */
  startOver?(): void
  /** Everything below a position was applied. Called many times on the way, and at the end. */
  reached?(position: number, isEnd: boolean): void
}

interface PendingTarget extends RestoreTarget {
  readonly start: number
  readonly end: number
}

const pollFor = { milliseconds: 500 }

/**
 * Reads every target from its start to its end, committed records only. The end is the high watermark taken now, so
 * after the caller's stable positions (rule R3: the last stable offset may still be behind what was committed).
 * @returns how many rows were applied
 */
export async function restore(
  kafka: Kafka,
  targets: readonly RestoreTarget[],
  cancelled: () => boolean,
): Promise<number> {
  if (targets.length === 0) return 0
  const partitions = targets.map((target) => target.partition)
  const ends = offsetsByName(await kafka.offsets(partitions, 'end'))
  const starts = offsetsByName(await kafka.offsets(partitions, 'earliest'))
  const pending = new Map<string, PendingTarget>()
  const fetcher = kafka.fetcher({ isolation: 'read_committed' })
  try {
    for (const target of targets) {
      const name = partitionName(target.partition)
      const end = Math.min(ends.get(name)!, target.until ?? Number.POSITIVE_INFINITY)
      const start = startOf(target, starts.get(name)!, end)
      if (start >= end) target.reached?.(end, true)
      if (start >= end) continue
      pending.set(name, { ...target, start, end })
      fetcher.seek(target.partition, start)
    }
    return await readAll(fetcher, pending, cancelled)
  } finally {
    await fetcher.close()
  }
}

async function readAll(
  fetcher: Fetcher,
  pending: Map<string, PendingTarget>,
  cancelled: () => boolean,
): Promise<number> {
  let rows = 0
  while (pending.size > 0 && !cancelled()) {
    for (const fetched of await fetcher.poll(pollFor)) {
      const name = partitionName(fetched)
      const target = pending.get(name)
      if (!target) continue
      rows += await applyRows(fetched, target, cancelled)
      const isEnd = fetched.nextOffset >= target.end
      if (!cancelled()) target.reached?.(Math.min(fetched.nextOffset, target.end), isEnd)
      if (isEnd) {
        pending.delete(name)
        fetcher.remove(fetched)
      }
    }
  }
  return rows
}

/** Where to go on: what lies outside the log is no place of this log. */
function startOf({ from = -1, startOver }: RestoreTarget, start: number, end: number): number {
  if (from >= start && from <= end) return from
  if (from >= 0) startOver?.()
  return start
}

/** Applies the rows from `start` to `end`, one after another. @returns how many there were */
async function applyRows(
  { batches }: FetchedPartition,
  { apply, start, end }: Pick<PendingTarget, 'apply' | 'start' | 'end'>,
  cancelled: () => boolean,
): Promise<number> {
  let rows = 0
  for (const batch of batches) {
    for (const cursor = batch.cursor(); cursor.next() && cursor.offset < end; ) {
      const { bytes, keyStart, keyEnd, valueStart, valueEnd, timestamp, offset, headerCount } = cursor
      // A batch may begin before the place that was asked for.
      if (offset < start) continue
      rows++
      const headers = headerCount === 0 ? undefined : cursor.headers()
      const key = range(bytes, keyStart, keyEnd)
      const row = [key, range(bytes, valueStart, valueEnd), timestamp, offset, headers] as const
      try {
        apply(...row)
      } catch (error) {
        await applyWhenReady(() => apply(...row), error, cancelled)
      }
    }
  }
  return rows
}

/** A row whose schema is not here yet is waited for, however long: without it the state would be another. */
export async function applyWhenReady(apply: () => void, first: unknown, cancelled: () => boolean): Promise<void> {
  let error = first
  while (!cancelled()) {
    const notReady = findNotReady(error)
    if (notReady === undefined) throw error
    await notReady.ready
    try {
      apply()
      return
    } catch (again) {
      error = again
    }
  }
}

function range(bytes: Buffer, start: number, end: number): Buffer | null {
  return start < 0 ? null : bytes.subarray(start, end)
}

/** Offsets by `topic-partition`. */
export function offsetsByName(offsets: readonly PartitionOffset[]): Map<string, number> {
  return new Map(offsets.map((each) => [partitionName(each), each.offset]))
}

/**
 * Follows partitions of a topic for ever, from their start; `caughtUp` resolves when the end as of the start was reached.
 */
export interface Follower {
  readonly caughtUp: Promise<void>
  close(): Promise<void>
}

/** @param failed told when it can follow no further: what it has shown is old from then on */
export async function follow(
  kafka: Kafka,
  partitions: readonly TopicPartition[],
  apply: (partition: TopicPartition, ...row: Parameters<RestoredRow>) => void,
  failed: (error: unknown) => void,
): Promise<Follower> {
  const ends = offsetsByName(await kafka.offsets(partitions, 'end'))
  const fetcher = kafka.fetcher({ isolation: 'read_committed' })
  const behind = new Set<string>()
  for (const { offset, ...partition } of await kafka.offsets(partitions, 'earliest')) {
    if (offset < ends.get(partitionName(partition))!) behind.add(partitionName(partition))
    fetcher.seek(partition, offset)
  }
  const { promise: caughtUp, resolve, reject } = Promise.withResolvers<void>()
  let closed = false
  const turn = async (): Promise<void> => {
    if (behind.size === 0) resolve()
    while (!closed) {
      for (const fetched of await fetcher.poll({ seconds: 1 })) {
        const all = {
          apply: (...row: Parameters<RestoredRow>) => apply(fetched, ...row),
          start: 0,
          end: Number.POSITIVE_INFINITY,
        }
        await applyRows(fetched, all, () => closed)
        if (
          fetched.nextOffset >= ends.get(partitionName(fetched))! &&
          behind.delete(partitionName(fetched)) &&
          behind.size === 0
        )
          resolve()
      }
    }
  }
  const turning = turn().catch((error: unknown) => {
    reject(error)
    if (!closed) failed(error)
  })
  caughtUp.catch(() => undefined)
  return {
    caughtUp,
    close: async () => {
      closed = true
      fetcher.wake()
      await turning
      await fetcher.close()
    },
  }
}
