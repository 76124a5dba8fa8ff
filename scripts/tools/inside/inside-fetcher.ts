import { type Clock, type Duration, toMilliseconds } from '../../../src/clock.ts'
import type { FetchedPartition, Fetcher } from '../../../src/kafka/port.ts'
import { partitionName, type TopicPartition } from '../../../src/record.ts'
import type { RecordBatch } from '../../../src/wire/batch.ts'
import type { InsideInput } from './inside-input.ts'
import type { SwallowingLog } from './swallowing-log.ts'

/** As much as comes with one answer, about. */
const pollBytes = 4_194_304

interface Place {
  readonly partition: TopicPartition
  offset: number
  /** What was last said of where the partition ends. */
  toldEnd: number
}

/** Gives what is there at once: there is no network to wait for. */
export class InsideFetcher implements Fetcher {
  private readonly input: InsideInput
  private readonly log: SwallowingLog
  private readonly clock: Clock
  private readonly places = new Map<string, Place>()
  private readonly paused = new Set<string>()
  private readonly stopListening: () => void
  private woken: (() => void) | null = null
  private isAwake = false
  private turns = 0

  constructor(input: InsideInput, log: SwallowingLog, clock: Clock) {
    this.input = input
    this.log = log
    this.clock = clock
    this.stopListening = log.onAppend(() => this.wake())
  }

  seek(partition: TopicPartition, offset: number): void {
    const { topic, partition: number } = partition
    this.places.set(partitionName(partition), { partition: { topic, partition: number }, offset, toldEnd: -1 })
  }

  remove(partition: TopicPartition): void {
    this.places.delete(partitionName(partition))
  }

  pause(partition: TopicPartition): void {
    this.paused.add(partitionName(partition))
  }

  resume(partition: TopicPartition): void {
    this.paused.delete(partitionName(partition))
  }

  async poll(maxWait: Duration): Promise<FetchedPartition[]> {
    const fetched = this.take()
    const milliseconds = toMilliseconds(maxWait)
    if (fetched.length > 0 || milliseconds <= 0 || this.isAwake) {
      this.isAwake = false
      return fetched
    }
    await new Promise<void>((resolve) => {
      const timer = this.clock.after(Math.min(milliseconds, 60_000), resolve)
      this.woken = () => {
        timer.cancel()
        resolve()
      }
    })
    this.woken = null
    this.isAwake = false
    return this.take()
  }

  wake(): void {
    this.isAwake = true
    this.woken?.()
  }

  async close(): Promise<void> {
    this.stopListening()
    this.wake()
  }

  private take(): FetchedPartition[] {
    const fetched: FetchedPartition[] = []
    const places = [...this.places.values()]
    const first = this.turns++
    let bytes = 0
    for (let turn = 0; turn < places.length && bytes < pollBytes; turn++) {
      const place = places[(first + turn) % places.length]!
      if (this.paused.has(partitionName(place.partition))) continue
      const one = this.takeFrom(place)
      if (one === null) continue
      fetched.push(one)
      for (const { sizeInBytes } of one.batches) bytes += sizeInBytes
    }
    return fetched
  }

  private takeFrom(place: Place): FetchedPartition | null {
    const { partition, offset } = place
    const end = this.end(partition)
    if (offset >= end && place.toldEnd === end) return null
    const batches = offset >= end ? [] : this.read(partition, offset)
    place.offset = batches.at(-1)?.nextOffset ?? offset
    place.toldEnd = place.offset >= end ? end : -1
    return { ...partition, batches, nextOffset: place.offset, highWatermark: end, lastStableOffset: end }
  }

  private end(partition: TopicPartition): number {
    return this.input.topic === partition.topic ? this.input.recordsPerPartition : this.log.end(partition)
  }

  private read(partition: TopicPartition, offset: number): RecordBatch[] {
    return this.input.topic === partition.topic
      ? [this.input.batch(partition.partition, offset)]
      : this.log.read(partition, offset)
  }
}
