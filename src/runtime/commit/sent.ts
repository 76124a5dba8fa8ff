/** What became of one transaction's batches. */
import { partitionName, type TopicPartition } from '../../record.ts'

/** Behind the last record that a transaction wrote to a partition, undefined where that is not known. */
export type CommittedEnd = (place: TopicPartition) => number | undefined

export class Sent {
  /** The first error of any of them. */
  failure: unknown
  private unanswered = 0
  private allAnswered: (() => void) | null = null
  /** Behind the last record, by partition. */
  private readonly ends = new Map<string, number>()

  /** @throws the first error of any append */
  check(): void {
    if (this.failure !== undefined) throw this.failure
  }

  /** A batch is on its way. */
  begin(): void {
    this.unanswered++
  }

  /** A batch of `count` records was written at `offset`; -1: Kafka did not say where. */
  end(place: TopicPartition, offset: number, count: number): void {
    const name = partitionName(place)
    if (offset >= 0) this.ends.set(name, Math.max(offset + count, this.ends.get(name) ?? -1))
    this.answered()
  }

  fail(error: unknown): void {
    this.failure ??= error
    this.answered()
  }

  /**
   * Behind the last record in a partition, once the transaction is committed; undefined where it wrote nothing, or where
   * Kafka did not say (a repeated request).
   */
  async committedEnds(): Promise<CommittedEnd> {
    if (this.unanswered > 0) {
      await new Promise<void>((resolve) => {
        this.allAnswered = resolve
      })
    }
    return (place) => this.ends.get(partitionName(place))
  }

  private answered(): void {
    if (--this.unanswered === 0) this.allAnswered?.()
  }
}
