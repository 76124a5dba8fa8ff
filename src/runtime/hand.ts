/** The record in hand, told to whoever watches from outside of the thread: it knows whom to blame if the thread never goes on. */
import type { TopicPartition } from '../record.ts'

/** Told at each record and when time moves: what it does must cost nothing. */
export interface Hand {
  /**
   * A record is read: user code sees it from here on.
   * @throws reject for one that has ended threads before: it is not run again
   */
  admit(place: TopicPartition, offset: number): void
  /** A record that was admitted is worked. */
  take(place: TopicPartition, offset: number): void
  /** No single record is the cause of what comes. */
  leave(): void
}
