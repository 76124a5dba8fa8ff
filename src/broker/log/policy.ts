/** How a topic's settings bear on its logs. Times are milliseconds, named as in Kafka. */
import type { Compression } from '../../wire/compression/compression.ts'
import type { TopicConfigs } from '../configs.ts'

export interface LogPolicy {
  readonly segmentBytes: number
  readonly segmentMs: number
  /** Whether old records are deleted by time and size. */
  readonly deletes: boolean
  /** Whether of each key only the last record stays. */
  readonly compacts: boolean
  /** -1: without limit. */
  readonly retentionBytes: number
  /** -1: without limit. */
  readonly retentionMs: number
  readonly deleteRetentionMs: number
  readonly minCleanableDirtyRatio: number
  readonly minCompactionLagMs: number
  readonly maxCompactionLagMs: number
  /** How batches are stored; null: as they come. */
  readonly compression: Compression | null
}

const known: WeakMap<TopicConfigs, LogPolicy> = new WeakMap()

/**
 * The policy of a topic with these settings, computed once for each.
 * @example policyOf(new TopicConfigs(new Map([['retention.ms', '1000']]))).retentionMs // 1000
 */
export function policyOf(configs: TopicConfigs): LogPolicy {
  let policy = known.get(configs)
  if (policy === undefined) {
    policy = read(new Map(configs.entries().map(({ name, value }) => [name, value])))
    known.set(configs, policy)
  }
  return policy
}

function read(values: ReadonlyMap<string, string>): LogPolicy {
  const number = (name: string): number => Number(values.get(name))
  const cleanup = (values.get('cleanup.policy') ?? '').split(',').map((part) => part.trim())
  const compacts = cleanup.includes('compact')
  const maxCompactionLagMs = Math.max(0, number('max.compaction.lag.ms'))
  const segmentMs = number('segment.ms')
  return {
    segmentBytes: number('segment.bytes'),
    // What has to be compacted soon must leave the active segment soon.
    segmentMs: compacts && maxCompactionLagMs > 0 ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs,
    deletes: cleanup.includes('delete'),
    compacts,
    retentionBytes: number('retention.bytes'),
    retentionMs: number('retention.ms'),
    deleteRetentionMs: number('delete.retention.ms'),
    minCleanableDirtyRatio: number('min.cleanable.dirty.ratio'),
    minCompactionLagMs: number('min.compaction.lag.ms'),
    maxCompactionLagMs,
    compression: compressions[values.get('compression.type') ?? ''] ?? null,
  }
}

/** Kafka's words; `producer` is none of them. */
const compressions: Readonly<Record<string, Compression>> = {
  uncompressed: 'none',
  gzip: 'gzip',
  snappy: 'snappy',
  lz4: 'lz4',
  zstd: 'zstd',
}
