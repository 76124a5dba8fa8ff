/** Reads compacted topics to their present end: how state, progress and global tables come back. */
import type { Clock } from '../../clock.ts'
import { type FetchedPartition, type Fetcher, type Kafka, KafkaError, type PartitionOffset } from '../../kafka/port.ts'
import { partitionName, type RecordHeader, type TopicPartition } from '../../record.ts'
import { findNotReady } from '../../serde/not-ready.ts'
import { Slices } from './slices.ts'

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
  /** What is read lies between these offsets. Called again when the log has moved away from under the restore. */
  begun?(start: number, end: number): void
  /** Everything below a position was applied. Called many times on the way, and at the end. */
  reached?(position: number, isEnd: boolean): void
}

interface PendingTarget {
  readonly target: RestoreTarget
  readonly start: number
  readonly end: number
}

const pollFor = { milliseconds: 500 }

/**
 * Reads every target from its start to its end, committed records only. The end is the high watermark taken now, so
 * after the caller's stable positions (rule R3: the last stable offset may still be behind what was committed).
 * @param clock where others work in this thread: they get their turn in between
 * @returns how many rows were applied
 */
export async function restore(
  kafka: Kafka,
  targets: readonly RestoreTarget[],
  cancelled: () => boolean,
  clock: Clock | null = null,
): Promise<number> {
  if (targets.length === 0) return 0
  const partitions = targets.map((target) => target.partition)
  const ends = offsetsByName(await kafka.offsets(partitions, 'end'))
  const starts = offsetsByName(await kafka.offsets(partitions, 'earliest'))
  const fetcher = kafka.fetcher({ isolation: 'read_committed' })
  const restoring = new Restoring(kafka, fetcher, cancelled, clock)
  try {
    for (const target of targets) {
      const name = partitionName(target.partition)
      const end = Math.min(ends.get(name)!, target.until ?? Number.POSITIVE_INFINITY)
      restoring.add(target, startOf(target, starts.get(name)!, end), end)
    }
    return await restoring.readAll()
  } finally {
    await fetcher.close()
  }
}

class Restoring {
  private readonly kafka: Kafka
  private readonly fetcher: Fetcher
  private readonly cancelled: () => boolean
  private readonly slices: Slices | null
  private readonly pending = new Map<string, PendingTarget>()

  constructor(kafka: Kafka, fetcher: Fetcher, cancelled: () => boolean, clock: Clock | null) {
    this.kafka = kafka
    this.fetcher = fetcher
    this.cancelled = cancelled
    this.slices = clock && new Slices(clock)
  }

  add(target: RestoreTarget, start: number, end: number): void {
    target.begun?.(start, end)
    if (start >= end) {
      target.reached?.(end, true)
      return
    }
    this.pending.set(partitionName(target.partition), { target, start, end })
    this.fetcher.seek(target.partition, start)
  }

  async readAll(): Promise<number> {
    let rows = 0
    while (this.pending.size > 0 && !this.cancelled()) {
      for (const fetched of await this.poll()) rows += await this.take(fetched)
    }
    return rows
  }

  private async take(fetched: FetchedPartition): Promise<number> {
    const pending = this.pending.get(partitionName(fetched))
    if (pending === undefined) return 0
    const { target, start, end } = pending
    const { cancelled, slices } = this
    const rows = await applyRows(fetched, { apply: target.apply, start, end, cancelled, slices })
    const isEnd = fetched.nextOffset >= end
    if (isEnd) {
      this.pending.delete(partitionName(fetched))
      this.fetcher.remove(fetched)
    }
    if (!cancelled()) target.reached?.(Math.min(fetched.nextOffset, end), isEnd)
    return rows
  }

  /** Where the log has moved away from under one target, that one begins anew. */
  private async poll(): Promise<FetchedPartition[]> {
    try {
      return await this.fetcher.poll(pollFor)
    } catch (error) {
      const lost = outOfRange(error)
      const pending = lost === null ? undefined : this.pending.get(partitionName(lost))
      if (lost === null || pending === undefined) throw error
      this.pending.delete(partitionName(lost))
      this.fetcher.remove(lost)
      const [start] = await this.kafka.offsets([lost], 'earliest')
      const [end] = await this.kafka.offsets([lost], 'end')
      pending.target.startOver?.()
      this.add(pending.target, start!.offset, Math.min(pending.end, end!.offset))
      return []
    }
  }
}

/** The partition whose log has no longer what was asked for, if that is what is wrong. */
export function outOfRange(error: unknown): TopicPartition | null {
  return error instanceof KafkaError && error.fault === 'out-of-range' ? error.partition : null
}

/** Where to go on: what lies outside the log is no place of this log. */
function startOf({ from = -1, startOver }: RestoreTarget, start: number, end: number): number {
  if (from >= start && from <= end) return from
  if (from >= 0) startOver?.()
  return start
}

interface Applying {
  readonly apply: RestoredRow
  readonly start: number
  readonly end: number
  readonly cancelled: () => boolean
  /** Others get their turn between two batches. */
  readonly slices?: Slices | null
}

/** Applies the rows from `start` to `end`, one after another. @returns how many there were */
export async function applyRows({ batches }: FetchedPartition, applying: Applying): Promise<number> {
  const { apply, start, end, cancelled, slices = null } = applying
  let rows = 0
  for (const batch of batches) {
    if (slices?.isOver) await slices.turn()
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
          cancelled: () => closed,
        }
        await applyRows(fetched, all)
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
