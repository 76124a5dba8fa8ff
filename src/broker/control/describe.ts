/** The state of a broker as plain data, for people who look at it. */
import type { TopicPartition } from '../../record.ts'
import type { Broker } from '../broker.ts'
import type { PartitionLog } from '../log/log.ts'
import type { NodeState } from '../nodes.ts'

export interface DescribedPartition {
  readonly partition: number
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly startOffset: number
  readonly stableOffset: number
  readonly endOffset: number
  readonly sizeInBytes: number
}

export interface DescribedTopic {
  readonly name: string
  readonly id: string
  readonly isInternal: boolean
  readonly partitions: readonly DescribedPartition[]
}

export interface DescribedNode {
  readonly id: number
  readonly rack: string | null
  readonly host: string
  readonly port: number
  readonly state: NodeState
  readonly isController: boolean
}

export interface DescribedTransaction {
  readonly transactionalId: string
  readonly state: string
  readonly producerId: number
  readonly epoch: number
  readonly timeoutMilliseconds: number
  /** Milliseconds since 1970; -1 while none is open. */
  readonly startTime: number
  readonly partitions: readonly TopicPartition[]
}

export interface DescribedGroup {
  readonly groupId: string
  readonly state: string
  /** Of a group of the newer protocol, its epoch. */
  readonly generation: number
  readonly members: readonly string[]
}

export interface BrokerDescription {
  readonly nodes: readonly DescribedNode[]
  readonly topics: readonly DescribedTopic[]
  readonly transactions: readonly DescribedTransaction[]
  readonly groups: readonly DescribedGroup[]
}

export function describeNodes({ nodes }: Broker): DescribedNode[] {
  return nodes.all().map(({ id, rack, address, state }) => {
    return { id, rack, ...address, state, isController: nodes.controller === id }
  })
}

/** @example describeTopics(broker) // [{ name: 'lines', partitions: [{ partition: 0, leader: 2, … }] }] */
export function describeTopics({ topics }: Broker): DescribedTopic[] {
  return topics
    .all()
    .map(({ name, id, isInternal, partitions }) => ({ name, id, isInternal, partitions: partitions.map(partitionOf) }))
}

function partitionOf(log: PartitionLog, partition: number): DescribedPartition {
  const { leader, leaderEpoch, replicas, startOffset, stableOffset, endOffset, sizeInBytes } = log
  return { partition, leader, leaderEpoch, replicas, startOffset, stableOffset, endOffset, sizeInBytes }
}

export function describeTransactions({ transactions }: Broker): DescribedTransaction[] {
  return transactions.all().map((transaction) => ({
    transactionalId: transaction.id,
    state: transaction.state,
    producerId: transaction.producerId,
    epoch: transaction.epoch,
    timeoutMilliseconds: transaction.timeoutMilliseconds,
    startTime: transaction.startTime,
    partitions: [...transaction.partitions.values()],
  }))
}

/** Groups of both protocols. Of a newer one the positions are kept like those of a classic group without members. */
export function describeGroups({ groups, consumerGroups }: Broker): DescribedGroup[] {
  const newer = consumerGroups.all().map(({ id, state, epoch, members }) => {
    return { groupId: id, state, generation: epoch, members: [...members.keys()] }
  })
  const classic = groups.all().map(({ id, state, generation, members }) => {
    return { groupId: id, state, generation, members: [...members.keys()] }
  })
  return [...classic.filter(({ groupId }) => consumerGroups.get(groupId) === undefined), ...newer]
}
