/**
 * `kafka/port` on kafkajs, for applications that must stay with it: at least once, its gaps named in `lacks`.
 *
 * What kafkajs does beside, and nothing here changes: while idle it wakes up about once a millisecond for each
 * connection; on Node 24 it sets a timer with a negative delay once, of which Node warns; when it is closed it waits for
 * every answer, as long as its `requestTimeout`. Its own consumers commit -1 or -2 over a position outside the log, stop
 * at an unknown codec and undo a pause with another: none of them reads here, brokers are asked directly.
 */
import type { KafkaConfig, Kafka as KafkajsClient } from 'kafkajs'
import { type Clock, systemClock } from '../../clock.ts'
import { type Random, systemRandom } from '../../random.ts'
import { type Kafka, KafkaError, type Membership } from '../port.ts'
import { adminOf } from './admin.ts'
import { ClusterDoor, type Isolation } from './clusters.ts'
import { asKafkaError } from './errors.ts'
import { KafkajsFetcher } from './fetcher.ts'
import { features, lacks, refuseConsumerProtocol, refuseTransactions } from './lacks.ts'
import { KafkajsMembership } from './membership.ts'
import { commitPositions, committedPositions, listOffsets } from './offsets.ts'
import { KafkajsProducer } from './producer.ts'
import { clientOf } from './settings.ts'
import { KafkajsTopics } from './topics.ts'

/**
 * A client for topologies, from a client of kafkajs or from its configuration.
 * @example
 * import { Kafka } from 'kafkajs'
 * const kafka = kafkajs(new Kafka({ brokers: ['localhost:9092'] }))
 */
export function kafkajs(
  given: KafkajsClient | KafkaConfig,
  { clock = systemClock, random = systemRandom }: { readonly clock?: Clock; readonly random?: Random } = {},
): Kafka {
  const client = clientOf(given)
  const doorFor = (isolation: Isolation): ClusterDoor => new ClusterDoor(client, isolation, clock, random)
  const doors = { read_committed: doorFor('read_committed'), read_uncommitted: doorFor('read_uncommitted') }
  const admin = client.admin()
  const topics = new KafkajsTopics(admin, doors.read_uncommitted)
  const open = new Open()
  return {
    features,
    lacks,
    metrics: () => new Map(),
    topics,
    admin: adminOf(admin, topics, doors.read_uncommitted),
    async connect() {
      const connecting = [admin.connect(), doors.read_committed.connect(), doors.read_uncommitted.connect()]
      await Promise.all(connecting).catch((thrown: unknown) => {
        throw unreachable(thrown)
      })
    },
    async close() {
      await open.close()
      const disconnecting = admin.disconnect().catch(() => undefined)
      await Promise.all([disconnecting, doors.read_committed.close(), doors.read_uncommitted.close()])
    },
    offsets: (partitions, at) => listOffsets(doors, partitions, at),
    positions: (group, partitions) => committedPositions(doors.read_uncommitted, group, partitions),
    commit: (member, positions) => commitPositions(doors.read_uncommitted, member, positions),
    fetcher: (options) => open.add(new KafkajsFetcher(doorFor(options.isolation), options)),
    producer: (options) => open.add(new KafkajsProducer(client, options)),
    transactions() {
      throw refuseTransactions()
    },
    async join(group, options) {
      if (options.protocol === 'consumer') throw refuseConsumerProtocol(group)
      return join(open.add(new KafkajsMembership(client, group, options, clock)), options.signal)
    },
  }
}

async function join(membership: KafkajsMembership, signal: AbortSignal | undefined): Promise<Membership> {
  const giveUp = (): void => void membership.leave()
  signal?.addEventListener('abort', giveUp, { once: true })
  if (signal?.aborted) giveUp()
  try {
    await membership.start()
    return membership
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

/** What has connections of its own: kafkajs closes none of them with its client. */
class Open {
  readonly #all = new Set<{ close(): Promise<void> }>()

  add<T extends { close(): Promise<void> }>(one: T): T {
    this.#all.add(one)
    return one
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((each) => each.close()))
  }
}

function unreachable(thrown: unknown): KafkaError {
  const error = asKafkaError(thrown, 'Metadata', 'reads')
  if (error.fault !== 'retriable') return error
  return new KafkaError('fatal', 'UNREACHABLE', error.request, error.message, { cause: error })
}
