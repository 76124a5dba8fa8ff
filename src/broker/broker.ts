/** All that the broker is but its sockets: topics, groups, transactions. One event loop owns it. */
import type { TopicPartition } from '../record.ts'
import { Faults } from './faults.ts'
import { GroupCoordinator } from './groups/coordinator.ts'
import { offsetsPartition, offsetsTopic } from './groups/partitions.ts'
import { randomDigits, randomUuid } from './identifiers.ts'
import { Nodes } from './nodes.ts'
import type { Settings } from './options.ts'
import { Timers } from './timers.ts'
import { type Topic, Topics } from './topics.ts'
import { type ProducerIdentity, TransactionCoordinator } from './transactions/coordinator.ts'
import { Markers } from './transactions/markers.ts'

export class Broker {
  readonly settings: Settings
  readonly timers: Timers
  readonly clusterId: string
  readonly topics: Topics
  readonly groups: GroupCoordinator
  readonly markers: Markers
  readonly transactions: TransactionCoordinator
  readonly faults: Faults
  readonly nodes: Nodes

  constructor(settings: Settings) {
    const { clock, random } = settings
    this.settings = settings
    this.timers = new Timers(clock)
    this.nodes = new Nodes(settings.nodes)
    this.clusterId = randomUuid(random)
    this.topics = new Topics(random)
    this.groups = new GroupCoordinator(this.timers, settings, () => randomDigits(random))
    this.markers = new Markers(this.timers, random, settings.markerDelay)
    this.transactions = new TransactionCoordinator(clock, {
      schedule: (partitions, write, done) => this.markers.schedule(partitions, write, done),
      write: (partition, identity, ending) => this.#writeMarker(partition, identity, ending),
    })
    this.faults = new Faults(this.timers)
    this.timers.every(settings.transactionCheckInterval, () => this.transactions.abortTimedOut())
  }

  /** Milliseconds since 1970 on the broker's clock. */
  now(): number {
    return this.settings.clock.now()
  }

  deleteTopic(topic: Topic): void {
    this.topics.delete(topic)
    for (const group of this.groups.all()) group.offsets.forgetTopic(topic.name)
  }

  #writeMarker(partition: TopicPartition, identity: ProducerIdentity, ending: 'commit' | 'abort'): void {
    if (partition.topic === offsetsTopic) {
      for (const group of this.groups.all()) {
        if (offsetsPartition(group.id).partition === partition.partition) {
          group.offsets.settle(identity.producerId, ending)
        }
      }
      return
    }
    // A topic that was deleted meanwhile needs no marker.
    this.topics
      .log(partition.topic, partition.partition)
      ?.appendMarker({ type: ending, ...identity, coordinatorEpoch: 0, timestamp: this.now() })
  }
}
