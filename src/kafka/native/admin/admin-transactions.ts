/** Transactions from outside (KIP-664): which there are, how they stand, which producers hold a partition open. */
import { partitionName, type TopicPartition } from '../../../record.ts'
import { DescribeProducers } from '../../../wire/apis/61-describe-producers.ts'
import { DescribeTransactions } from '../../../wire/apis/65-describe-transactions.ts'
import { ListTransactions } from '../../../wire/apis/66-list-transactions.ts'
import { errorCode } from '../../../wire/errors.ts'
import { byTopic } from '../../by-topic.ts'
import { refusal } from '../../faults.ts'
import type { PartitionProducer, TransactionListing, TransactionState } from '../../port.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { Coordinator } from '../cluster/coordinators.ts'
import { askLeaders } from '../cluster/leaders.ts'

const states: ReadonlySet<string> = new Set<TransactionState>([
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
])

export async function listTransactions(cluster: Cluster): Promise<TransactionListing[]> {
  const body = () => ({ stateFilters: [], producerIdFilters: [] })
  const listed = await cluster.askEach(ListTransactions, body, ({ errorCode: code, transactionStates }, node) => {
    if (code !== 0) throw refusal(code, 'ListTransactions', `node ${node}`)
    return transactionStates.map(({ transactionalId, producerId, transactionState }) => ({
      id: transactionalId,
      producerId,
      state: stateNamed(transactionState, 'ListTransactions'),
    }))
  })
  return listed.sort((left, right) => (left.id < right.id ? -1 : 1))
}

export async function describeTransactions(
  cluster: Cluster,
  ids: readonly string[],
): Promise<Map<string, TransactionState | null>> {
  const described = ids.map(async (id) => [id, await describeTransaction(cluster, id)] as const)
  return new Map(await Promise.all(described))
}

async function describeTransaction(cluster: Cluster, id: string): Promise<TransactionState | null> {
  const coordinator = new Coordinator(cluster, 'transaction', id)
  return cluster.repeat(async () => {
    const body = () => ({ transactionalIds: [id] })
    const answer = await coordinator.ask(DescribeTransactions, body, { purpose: 'control' })
    const described = answer.transactionStates[0]
    if (described === undefined || described.errorCode === errorCode.TRANSACTIONAL_ID_NOT_FOUND) return null
    if (described.errorCode !== 0) {
      coordinator.hasMoved(described.errorCode)
      throw refusal(described.errorCode, 'DescribeTransactions', `transactional id ${id}`)
    }
    return stateNamed(described.transactionState, 'DescribeTransactions')
  })
}

/** In the order of the partitions asked for. */
export async function listProducers(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
): Promise<PartitionProducer[]> {
  const found = await askLeaders(cluster, partitions, (node, led) => producersAt(cluster, node, led))
  const rank = new Map(partitions.map((place, index) => [partitionName(place), index]))
  return found.sort((left, right) => rank.get(partitionName(left))! - rank.get(partitionName(right))!)
}

async function producersAt(
  cluster: Cluster,
  node: number,
  partitions: readonly TopicPartition[],
): Promise<PartitionProducer[]> {
  const topics = byTopic(partitions).map(([name, ofTopic]) => ({
    name,
    partitionIndexes: ofTopic.map(({ partition }) => partition),
  }))
  const answer = await cluster.link(node, 'control').request(DescribeProducers, () => ({ topics }))
  return answer.topics.flatMap(({ name, partitions: answered }) =>
    answered.flatMap(({ partitionIndex, errorCode: code, errorMessage, activeProducers }) => {
      const place = { topic: name, partition: partitionIndex }
      if (code !== 0) throw refusal(code, 'DescribeProducers', partitionName(place), errorMessage)
      return activeProducers.map(
        ({ producerId, producerEpoch, lastSequence, lastTimestamp, currentTxnStartOffset }) => ({
          ...place,
          producerId,
          producerEpoch,
          lastSequence,
          lastTimestamp,
          transactionStart: currentTxnStartOffset,
        }),
      )
    }),
  )
}

function stateNamed(name: string, request: string): TransactionState {
  if (states.has(name)) return name as TransactionState
  throw new KafkaError('fatal', 'PROTOCOL', request, `There is no transaction state "${name}"`)
}
