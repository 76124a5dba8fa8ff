/** One fetch session (KIP-227): the partitions a reader is interested in, and what it was told of each. */
import type { FetchRequest, PartitionReading, PartitionResponse, Wanted } from './wanted.ts'

/** Behind the highest epoch the count begins at 1 again: 0 opens a session. */
const highestEpoch = 0x7fffffff

interface Member {
  wanted: Wanted
  /** As told last; -1 after an error, so that the next answer tells all. */
  highWatermark: number
  logStartOffset: number
}

export class FetchSession {
  readonly id: number
  /** Whether topics are named by id: a session never changes that. */
  readonly usesTopicIds: boolean
  lastUsed: number
  #epoch = 1
  readonly #members: Map<string, Member> = new Map()

  constructor(id: number, usesTopicIds: boolean, wanted: readonly Wanted[], now: number) {
    this.id = id
    this.usesTopicIds = usesTopicIds
    this.lastUsed = now
    for (const one of wanted) this.#add(one)
  }

  /** The epoch that the next request has to carry. */
  get epoch(): number {
    return this.#epoch
  }

  get size(): number {
    return this.#members.size
  }

  get wanted(): Wanted[] {
    return Array.from(this.#members.values(), ({ wanted }) => wanted)
  }

  /** Takes what a request adds, changes and forgets. */
  update(wanted: readonly Wanted[], forgotten: FetchRequest['forgottenTopicsData'], now: number): void {
    this.lastUsed = now
    this.#epoch = this.#epoch === highestEpoch ? 1 : this.#epoch + 1
    for (const one of wanted) {
      const member = this.#members.get(nameOf(one))
      if (member === undefined) this.#add(one)
      else member.wanted = one
    }
    for (const { topic, topicId, partitions } of forgotten) {
      for (const partition of partitions) this.#members.delete(nameOf({ topic, topicId, partition }))
    }
  }

  /** Notes what a full answer told. */
  note(readings: readonly PartitionReading[]): void {
    for (const { wanted, response } of readings) this.#told(wanted, response)
  }

  /** What is worth telling: records, errors, and where a partition's bounds moved. Who got records is asked last next time. */
  changed(readings: readonly PartitionReading[]): PartitionReading[] {
    return readings.filter(({ wanted, response }) => {
      const member = this.#members.get(nameOf(wanted))
      if (member === undefined) return false
      const hasRecords = (response.records?.length ?? 0) > 0
      const isNews =
        hasRecords ||
        response.errorCode !== 0 ||
        response.highWatermark !== member.highWatermark ||
        response.logStartOffset !== member.logStartOffset ||
        (response.preferredReadReplica ?? -1) >= 0
      this.#told(wanted, response)
      if (hasRecords) this.#moveBack(wanted)
      return isNews
    })
  }

  #told(wanted: Wanted, { errorCode, highWatermark, logStartOffset }: PartitionResponse): void {
    const member = this.#members.get(nameOf(wanted))
    if (member === undefined) return
    member.highWatermark = errorCode === 0 ? highWatermark : -1
    member.logStartOffset = logStartOffset ?? -1
  }

  #moveBack(wanted: Wanted): void {
    const name = nameOf(wanted)
    const member = this.#members.get(name)!
    this.#members.delete(name)
    this.#members.set(name, member)
  }

  #add(wanted: Wanted): void {
    this.#members.set(nameOf(wanted), { wanted, highWatermark: -1, logStartOffset: -1 })
  }
}

function nameOf({ topic, topicId, partition }: Pick<Wanted, 'topic' | 'topicId' | 'partition'>): string {
  return `${topic}/${topicId}/${partition}`
}
