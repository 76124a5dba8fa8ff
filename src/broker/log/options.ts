/** What a partition is opened with. */
import { TopicConfigs } from '../configs.ts'
import { MemoryStorage } from '../storage/memory.ts'
import type { PartitionStorage } from '../storage/segment-bytes.ts'
import { type LogPolicy, policyOf } from './policy.ts'

/** What has to be remembered of a partition beside its segments. */
export type LogChange =
  | { readonly kind: 'epoch'; readonly epoch: number }
  | { readonly kind: 'start'; readonly offset: number }

export interface LogOptions {
  readonly storage: PartitionStorage
  /** The topic's settings as they are now. */
  readonly policy: () => LogPolicy
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Whether the records of the last segment are checked: after a crash they may be torn. */
  readonly checksTail: boolean
  readonly leaderEpoch: number
  readonly startOffset: number
  readonly changed: (change: LogChange) => void
}

const defaultPolicy = policyOf(new TopicConfigs(new Map()))

/** A partition in memory, with Kafka's default settings, at no time. */
export const defaultLogOptions: LogOptions = {
  get storage() {
    return new MemoryStorage()
  },
  policy: () => defaultPolicy,
  now: () => 0,
  checksTail: true,
  leaderEpoch: 0,
  startOffset: 0,
  changed: () => {},
}
