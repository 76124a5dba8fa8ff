/** All that the broker is but its sockets: topics, groups, transactions. One event loop owns it. */
import type { TopicPartition } from '../record.ts'
import { errorCode } from '../wire/errors.ts'
import { ConsumerGroupCoordinator } from './consumer-groups/coordinator.ts'
import { Coordinators } from './coordinators.ts'
import type { Exchange } from './exchange.ts'
import { Faults } from './faults.ts'
import { FetchSessions } from './fetch/sessions.ts'
import { GroupCoordinator } from './groups/coordinator.ts'
import { randomDigits, randomUuid } from './identifiers.ts'
import { InternalTopics, offsetsTopic, transactionsTopic } from './internal-topics.ts'
import { Leadership } from './leadership.ts'
import type { Marker } from './log/log.ts'
import { Maintenance } from './maintenance.ts'
import { Nodes } from './nodes.ts'
import { clusterIdOf, openData, openTopics } from './open.ts'
import type { Settings } from './options.ts'
import { gateOptions } from './sasl/mechanisms.ts'
import type { GateOptions } from './sasl/options.ts'
import { attempt } from './storage/attempt.ts'
import type { BrokerData } from './storage/data.ts'
import { Timers } from './timers.ts'
import type { Topic, Topics } from './topics.ts'
import { TransactionCoordinator } from './transactions/coordinator.ts'
import { Markers } from './transactions/markers.ts'

export class Broker {
  readonly settings: Settings
  readonly timers: Timers
  readonly data: BrokerData
  readonly clusterId: string
  readonly topics: Topics
  readonly internalTopics: InternalTopics
  readonly groups: GroupCoordinator
  /** Those of the newer protocol; their positions are with the others'. */
  readonly consumerGroups: ConsumerGroupCoordinator
  readonly markers: Markers
  readonly transactions: TransactionCoordinator
  readonly faults: Faults
  /** What connections have to pass; null where nobody has to say who it is. */
  readonly sasl: GateOptions | null
  readonly nodes: Nodes
  readonly leadership: Leadership
  readonly coordinators: Coordinators
  readonly #fetchSessions: Map<number, FetchSessions> = new Map()
  /** Told of every request and its answer. Empty unless somebody asked. */
  readonly observers: Set<(exchange: Exchange) => void>
  /** Told of every marker that was written. */
  readonly markerObservers: Set<(partition: TopicPartition, marker: Marker) => void>

  /** `former`: the broker that crashed. Its nodes, and who watches and disturbs it, are those of the new one. */
  constructor(settings: Settings, data: BrokerData = openData(settings), former: Broker | null = null) {
    const { clock, random } = settings
    this.settings = settings
    this.timers = new Timers(clock)
    this.nodes = former?.nodes ?? new Nodes(settings.nodes, settings.racks)
    this.faults = former?.faults ?? new Faults()
    this.observers = former?.observers ?? new Set()
    this.markerObservers = former?.markerObservers ?? new Set()
    this.leadership = new Leadership(this.nodes, (topic, partition) => this.coordinators.moved({ topic, partition }))
    this.data = data
    this.clusterId = clusterIdOf(this.data, random)
    this.topics = openTopics({ random, place: this.leadership.place, data: this.data, now: () => this.now() })
    this.internalTopics = new InternalTopics(this.topics)
    this.coordinators = new Coordinators(
      this.internalTopics,
      this.timers,
      () => ({
        load: (partition) => this.groups.load(partition),
        unload: (partition) => {
          this.groups.unload(partition)
          this.consumerGroups.unload(partition)
        },
      }),
      () => this.transactions,
    )
    this.groups = new GroupCoordinator(this.timers, settings, this.internalTopics, () => randomDigits(random))
    this.consumerGroups = new ConsumerGroupCoordinator(this.timers, settings, this.topics, () => randomUuid(random))
    this.markers = new Markers(this.timers, random, settings.markerDelay)
    this.transactions = new TransactionCoordinator(this.timers, settings, this.internalTopics, {
      schedule: (partitions, write, done) =>
        this.markers.schedule(partitions, (partition) => this.#canReach(partition) && write(partition), done),
      write: (partition, marker) => this.writeMarker(partition, marker),
    })
    this.sasl = gateOptions(settings)
    const { producerIds } = this.transactions
    producerIds.resume(this.data.metadata.nextProducerId)
    producerIds.reserve = (next) => this.data.record({ kind: 'producer-ids', next })
    new Maintenance(settings, this.topics, this.data).start(this.timers)
    this.#reload()
  }

  /** Milliseconds since 1970 on the broker's clock. */
  now(): number {
    return this.settings.clock.now()
  }

  /** Ends what runs by itself and closes what is on disk in good order. @throws StorageFault when the disk does not flush */
  close(): void {
    this.timers.close()
    this.data.close()
  }

  /** Ends as a killed process does, or, with `loseUnsynced`, a machine without power. */
  crash(options: { readonly loseUnsynced: boolean }): void {
    this.timers.close()
    this.data.crash(options)
  }

  /** A broker in memory ends and begins anew. Markers that are on their way come too late: the next coordinator's count. */
  restart(): void {
    for (const log of this.topics.get(transactionsTopic)?.partitions ?? []) log.raiseLeaderEpoch()
    this.#reload()
  }

  /** Knows what is in logs, and no more: coordinators read those of the internal topics, readers begin anew. */
  #reload(): void {
    for (const sessions of this.#fetchSessions.values()) sessions.clear()
    for (const topic of [transactionsTopic, offsetsTopic]) {
      this.topics.get(topic)?.partitions.forEach((_, partition) => {
        this.coordinators.moved({ topic, partition })
      })
    }
  }

  /** The fetch sessions of a node: none knows another's. */
  fetchSessions(node: number): FetchSessions {
    let sessions = this.#fetchSessions.get(node)
    if (sessions === undefined) {
      sessions = new FetchSessions(this.settings.random)
      this.#fetchSessions.set(node, sessions)
    }
    return sessions
  }

  deleteTopic(topic: Topic): void {
    this.topics.delete(topic)
    attempt(() => this.groups.positions.forgetTopic(topic.name))
  }

  /** Whether markers get to the partition: its leader lives and answers, or it is gone altogether. */
  #canReach({ topic, partition }: TopicPartition): boolean {
    const log = this.topics.log(topic, partition)
    return log === undefined || this.nodes.get(log.leader)?.state === 'running'
  }

  /** Ends a producer's transaction in a partition: records there, and positions of groups, are decided. */
  writeMarker({ topic, partition }: TopicPartition, marker: Marker): number {
    const usesAppendTime = this.topics.get(topic)?.configs.usesAppendTime
    const log = this.topics.log(topic, partition)
    const code = log?.appendMarker(marker, usesAppendTime) ?? errorCode.UNKNOWN_TOPIC_OR_PARTITION
    if (code === errorCode.NONE && topic === offsetsTopic) {
      this.groups.positions.settle(partition, marker.producerId, marker.type)
    }
    if (code === errorCode.NONE) for (const observe of this.markerObservers) observe({ topic, partition }, marker)
    return code
  }
}
