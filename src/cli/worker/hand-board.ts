/**
 * Shared memory between a worker thread and the main thread: the record in hand, and a heart that beats while the thread
 * turns. It is read when the thread can't speak any more, so it holds names as well, not only numbers.
 */
import type { TopicPartition } from '../../record.ts'

/** The record in hand, and how far the thread was: the same twice means that nothing has moved. */
export interface HandState {
  readonly record: RecordPlace | null
  readonly takes: number
  readonly beats: number
}

export interface RecordPlace extends TopicPartition {
  readonly offset: number
}

/** Partitions that can be named; of further ones nobody is blamed. */
const mostPlaces = 1_024
/** A topic's name has 249 bytes at most; behind it the partition. */
const placeBytes = 256
const headBytes = 24
const longestName = 249

// Head: int32 beats, int32 takes, int32 index of the place + 1 (0: no record), int32 unused, float64 offset.
const beatsAt = 0
const takesAt = 1
const placeAt = 2
const offsetAt = 2

export class HandBoard {
  readonly memory: SharedArrayBuffer
  private readonly numbers: Int32Array
  private readonly offsets: Float64Array
  private readonly names: Buffer
  private readonly places = new Map<string, number>()

  constructor(memory = new SharedArrayBuffer(headBytes + mostPlaces * placeBytes)) {
    this.memory = memory
    this.numbers = new Int32Array(memory, 0, 4)
    this.offsets = new Float64Array(memory, 0, 3)
    this.names = Buffer.from(memory, headBytes)
  }

  /** The heart of the thread. */
  beat(): void {
    this.numbers[beatsAt]! += 1
  }

  /** A number for a partition, to be taken with; null where there is no room for another. */
  place({ topic, partition }: TopicPartition): number | null {
    const name = `${topic}\n${partition}`
    const known = this.places.get(name)
    if (known !== undefined) return known
    const index = this.places.size
    if (index >= mostPlaces || Buffer.byteLength(topic) > longestName) return null
    const at = index * placeBytes
    this.names.writeInt32LE(partition, at)
    this.names[at + 4] = Buffer.byteLength(topic)
    this.names.write(topic, at + 5)
    this.places.set(name, index)
    return index
  }

  /** Plain stores: once per record. */
  take(place: number | null, offset: number): void {
    this.offsets[offsetAt] = offset
    this.numbers[placeAt] = place === null ? 0 : place + 1
    this.numbers[takesAt]! += 1
  }

  leave(): void {
    this.numbers[placeAt] = 0
  }

  /** As the other side sees it. */
  read(): HandState {
    const index = Atomics.load(this.numbers, placeAt) - 1
    const record = index < 0 ? null : { ...this.named(index), offset: this.offsets[offsetAt]! }
    return { record, takes: Atomics.load(this.numbers, takesAt), beats: Atomics.load(this.numbers, beatsAt) }
  }

  private named(index: number): TopicPartition {
    const at = index * placeBytes
    const topic = this.names.toString('utf8', at + 5, at + 5 + this.names[at + 4]!)
    return { topic, partition: this.names.readInt32LE(at) }
  }
}
