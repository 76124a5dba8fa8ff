/** What is settled in one queue and which redrives it has had, as it stands in Kafka at one moment. */
import type { Kafka } from '../../kafka/port.ts'
import { eachRow, markOf, placeOfKey, type SettledState } from '../marks.ts'
import { JobRows, type JobStatus } from './jobs.ts'

export interface Ledger {
  /** The queue's, oldest first. */
  readonly jobs: readonly JobStatus[]
  isSettled(partition: number, offset: number): boolean
  /** Null for an open letter. */
  stateAt(partition: number, offset: number): SettledState | null
  /** Offsets below one that have a mark. */
  settledBelow(partition: number, offset: number): number[]
  /** What a command left that wrote here. */
  receipt(id: string): string | null
}

/** The one redrive of a queue that has not ended. */
export function activeJob({ jobs }: Ledger): JobStatus | null {
  return jobs.find(({ state }) => state === 'running') ?? null
}

/**
 * Reads to the high watermark: call it after `init` of the ids that may write here, and nothing more can come.
 * @param until `stable` for those who only look
 */
export async function readLedger(
  kafka: Kafka,
  app: string,
  queue: string,
  until: 'end' | 'stable' = 'end',
): Promise<Ledger> {
  const jobs = new JobRows()
  const marks = new Map<number, Map<number, SettledState>>()
  await eachRow(kafka, app, until, (key, value) => {
    if (jobs.take(key, value)) return
    const place = placeOfKey(key)
    if (place === null || place.topic !== queue) return
    const mark = value === null ? null : markOf(value)
    const ofPartition = marks.get(place.partition) ?? new Map<number, SettledState>()
    marks.set(place.partition, ofPartition)
    if (mark === null) ofPartition.delete(place.offset)
    else ofPartition.set(place.offset, mark.state)
  })
  return {
    jobs: jobs.ofQueue(queue),
    isSettled: (partition, offset) => marks.get(partition)?.has(offset) ?? false,
    stateAt: (partition, offset) => marks.get(partition)?.get(offset) ?? null,
    settledBelow(partition, offset) {
      const settled = marks.get(partition)?.keys() ?? []
      return [...settled].filter((each) => each < offset)
    },
    receipt: (id) => jobs.receipts.get(id) ?? null,
  }
}
