/** Moves the letters of one partition: records, marks and the job's progress in one transaction, again and again. */
import type { Clock } from '../../clock.ts'
import { type Kafka, KafkaError, type Transactions } from '../../kafka/port.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import { BatchBuilder } from '../../wire/batch.ts'
import { type Mark, markKey } from '../marks.ts'
import { reportOf } from '../reading/headers.ts'
import { PlaceReader, type ReadRecord } from '../reading/place-reader.ts'
import { writeRows } from './claim.ts'
import { type Job, type JobProgress, progressKey } from './jobs.ts'
import type { Pace } from './pace.ts'
import {
  dispositionOf,
  type PassedOver,
  type PassedOverReason,
  type PlannedLetter,
  togetherOf,
} from './redrive-plan.ts'
import { type MovedRecord, movedRecord, wrongOrigin } from './redrive-record.ts'
import type { QueueTargets } from './targets.ts'
import { withdrawalOf } from './withdraw.ts'

/** What all partitions of a job share. */
export interface Moving {
  readonly kafka: Kafka
  readonly clock: Clock
  readonly job: Job
  readonly targets: QueueTargets
  readonly who: string
  readonly pace: Pace
  /** True: no further transaction. */
  readonly isStopped: () => boolean
  /** Letters that may still be moved, of all partitions. */
  readonly budget: { left: number }
  /** After each transaction. */
  readonly committed: (moved: number) => void
  /** What Kafka says was moved so far: an answer may have been lost. */
  readonly recounted: (moved: number) => void
  readonly passedOver: (letter: PassedOver) => void
  /** Behind the last record written, by target: `topic-partition`. */
  readonly written: Map<string, { readonly place: TopicPartition; readonly next: number }>
}

const lettersAtOnce = 500
/** Of them, unless one alone has more. */
const bytesAtOnce = 8 * 1_024 * 1_024
/** A batch is sent before it gets larger than that, but for a single letter that is larger itself. */
const batchBytes = 256 * 1_024

export class Mover {
  private readonly moving: Moving
  private readonly partition: number
  private readonly transactions: Transactions
  private readonly queue: PlaceReader
  private readonly sources = new Map<string, PlaceReader>()
  private progress: JobProgress

  constructor(moving: Moving, partition: number, transactions: Transactions, progress: JobProgress | undefined) {
    this.moving = moving
    this.partition = partition
    this.transactions = transactions
    this.progress = progress ?? { moved: 0, offset: -1 }
    this.queue = new PlaceReader(moving.kafka, { topic: moving.job.queue, partition })
  }

  /** @throws KafkaError when a transaction fails: what it had is not moved, as far as that is known */
  async move(letters: readonly PlannedLetter[]): Promise<void> {
    const { moving } = this
    for (let at = 0; at < letters.length && moving.budget.left > 0 && !moving.isStopped(); ) {
      const count = Math.min(moving.pace.share(lettersAtOnce), moving.budget.left)
      const chunk = togetherOf(letters, at, { count, bytes: bytesAtOnce })
      at += chunk.length
      await moving.pace.take(chunk.length, moving.isStopped)
      if (moving.isStopped()) return
      await this.moveChunk(chunk.map(({ offset }) => offset))
    }
  }

  async close(): Promise<void> {
    await this.queue.close()
    for (const source of this.sources.values()) await source.close()
  }

  /** What the target refuses is looked for by halves, and passed over: one letter must not stop the others. */
  private async moveChunk(offsets: readonly number[]): Promise<void> {
    try {
      await this.moveTogether(offsets)
    } catch (error) {
      if (!(error instanceof KafkaError) || error.fault !== 'rejected') throw error
      if (this.transactions.open) await this.transactions.abort()
      const half = Math.ceil(offsets.length / 2)
      if (offsets.length === 1) this.passOver(offsets[0]!, 'refused', error.message)
      for (const part of [offsets.slice(0, half), offsets.slice(half)]) {
        if (offsets.length > 1) await this.moveChunk(part)
      }
    }
  }

  private async moveTogether(offsets: readonly number[]): Promise<void> {
    const { moving } = this
    const letters = await this.queue.read(offsets)
    const records: MovedRecord[] = []
    const moved: number[] = []
    for (const offset of offsets) {
      const record = await this.recordOf(offset, letters.get(offset) ?? null)
      if (record === null) continue
      records.push(record, ...this.withdrawn(letters.get(offset)!))
      moved.push(offset)
    }
    if (moved.length === 0) return
    await this.commit(records, moved)
    moving.budget.left -= moved.length
    moving.committed(moved.length)
  }

  private async commit(records: readonly MovedRecord[], moved: readonly number[]): Promise<void> {
    const { job, targets, who, clock } = this.moving
    const written = await this.write(records)
    const mark: Mark = { state: 'redriven', job: job.id, who, at: new Date(clock.now()).toISOString() }
    const marks = moved.map((offset) => {
      return [markKey({ topic: job.queue, partition: this.partition, offset }), JSON.stringify(mark)] as const
    })
    const progress = { moved: this.progress.moved + moved.length, offset: moved.at(-1)! }
    const rows = [...marks, [progressKey(job.id, this.partition), JSON.stringify(progress)] as const]
    await writeRows(this.transactions, targets.queue.app, clock.now(), rows)
    await this.transactions.commit()
    this.progress = progress
    for (const [name, last] of written) this.moving.written.set(name, last)
  }

  /** @returns for each target where its next record will be */
  private async write(records: readonly MovedRecord[]): Promise<Moving['written']> {
    const written: Moving['written'] = new Map()
    for (const group of Map.groupBy(records, ({ target }) => partitionName(target)).values()) {
      const place = group[0]!.target
      const batch = new BatchBuilder()
      const send = async (): Promise<void> => {
        const { count } = batch
        const { offset } = await this.transactions.append(place, batch)
        written.set(partitionName(place), { place, next: offset + count })
      }
      for (const { timestamp, key, value, headers } of group) {
        if (batch.count > 0 && batch.sizeInBytes + sizeOf(key) + sizeOf(value) > batchBytes) await send()
        batch.append(timestamp, key, value, headers)
      }
      if (batch.count > 0) await send()
    }
    return written
  }

  private async recordOf(offset: number, letter: ReadRecord | null): Promise<MovedRecord | null> {
    const { targets, job } = this.moving
    if (letter === null) return this.passOver(offset, 'gone', 'retention has taken the letter')
    const report = reportOf(letter.headers)
    const disposition = dispositionOf(report, targets, job.maxRedrives)
    if (disposition.kind === 'pass-over') return null
    const { source, target } = disposition
    const moving = { job: job.id, source, target, isReentry: targets.to === null }
    if (report.pointer === null) {
      // Its value is not that of the record: brought back, it would be another one.
      if (letter.headers.some(({ name }) => name === '__millrace.dlq.pointer')) {
        return this.passOver(offset, 'suspicious', 'its pointer cannot be read')
      }
      return movedRecord(letter, report, moving, null)
    }
    const origin = (await this.sourceOf(source).read([source.offset])).get(source.offset) ?? null
    const problem = wrongOrigin(report.pointer, origin)
    return problem === null ? movedRecord(letter, report, moving, origin) : this.passOver(offset, 'gone', problem)
  }

  /** Where letters go elsewhere nobody may wait for them any more. */
  private withdrawn({ key, timestamp: time, headers }: ReadRecord): MovedRecord[] {
    const { targets, job } = this.moving
    if (targets.to === null || !targets.isPark) return []
    const withdrawal = withdrawalOf({ ...reportOf(headers), key, time }, targets, job.id)
    return withdrawal === null ? [] : [withdrawal]
  }

  private passOver(offset: number, reason: PassedOverReason, note: string): null {
    this.moving.passedOver({ partition: this.partition, offset, reason, note })
    return null
  }

  private sourceOf({ topic, partition }: TopicPartition): PlaceReader {
    const name = partitionName({ topic, partition })
    const reader = this.sources.get(name) ?? new PlaceReader(this.moving.kafka, { topic, partition })
    this.sources.set(name, reader)
    return reader
  }
}

function sizeOf(bytes: Buffer | null): number {
  return bytes?.length ?? 0
}
