/** The native Kafka client: `kafka/port` on our own wire protocol. */
import { type Clock, systemClock } from '../../clock.ts'
import { type Random, systemRandom } from '../../random.ts'
import type { Kafka } from '../port.ts'
import { adminOf } from './admin/admin.ts'
import { topicsOf } from './admin/topics.ts'
import { Cluster } from './cluster/cluster.ts'
import { checkConfig, type NativeConfig } from './config.ts'
import { NativeFetcher } from './fetch/fetcher.ts'
import { listOffsets, listTimes } from './fetch/offsets.ts'
import { ConsumerMembership } from './group/consumer-group.ts'
import { NativeMembership } from './group/group.ts'
import { commitPositions } from './group/offset-commit.ts'
import { stablePositions } from './group/positions.ts'
import { loggerOf } from './log.ts'
import { ClientMetrics } from './metrics.ts'
import { NativeProducer } from './produce/producer.ts'
import { NativeTransactions } from './transactions/transactions.ts'

/**
 * A client that is not connected yet: `connect` finds the cluster, everything else connects to nodes as it needs them.
 * @example
 * const kafka = connectKafka({ brokers: ['localhost:9092'] })
 * await kafka.connect()
 * @throws MillraceError MR1003 or MR1004 for a configuration it can't honour
 */
export function connectKafka(
  config: NativeConfig,
  { clock = systemClock, random = systemRandom }: { readonly clock?: Clock; readonly random?: Random } = {},
): Kafka {
  const checked = checkConfig(config)
  const metrics = new ClientMetrics()
  const cluster = new Cluster({ ...checked, metrics, logger: loggerOf(checked.log, clock) }, clock, random)
  return {
    features: {
      exactlyOnce: true,
      requireStable: true,
      generationFence: true,
      customAssignor: true,
      compactedRestore: true,
      staticMembers: true,
      nullHeaders: true,
    },
    lacks: new Map(),
    topics: topicsOf(cluster),
    admin: adminOf(cluster),
    connect: () => cluster.connect(),
    close: async () => cluster.close(),
    metrics: () => metrics.snapshot(),
    offsets: (partitions, at) => listOffsets(cluster, partitions, at),
    times: (partitions, of) => listTimes(cluster, partitions, of),
    positions: (group, partitions) => stablePositions(cluster, group, partitions),
    commit: (member, positions) => commitPositions(cluster, member, positions),
    fetcher: (options) => new NativeFetcher(cluster, options),
    producer: (options) => new NativeProducer(cluster, options),
    transactions: (id, options) => new NativeTransactions(cluster, id, options),
    async join(group, options) {
      const isNewer = options.protocol === 'consumer'
      const membership = new (isNewer ? ConsumerMembership : NativeMembership)(cluster, group, options)
      const giveUp = (): void => void membership.leave()
      options.signal?.addEventListener('abort', giveUp, { once: true })
      if (options.signal?.aborted) giveUp()
      try {
        await membership.start()
        return membership
      } finally {
        options.signal?.removeEventListener('abort', giveUp)
      }
    },
  }
}
