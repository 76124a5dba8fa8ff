/** The administrator's questions. */
import { DeleteTopics } from '../../wire/apis/20-delete-topics.ts'
import { DescribeConfigs } from '../../wire/apis/32-describe-configs.ts'
import { DescribeTransactions } from '../../wire/apis/65-describe-transactions.ts'
import { errorCode } from '../../wire/errors.ts'
import { zeroUuid } from '../../wire/schema.ts'
import type { Admin, TransactionState } from '../port.ts'
import { KafkaError } from '../port.ts'
import type { Cluster } from './cluster.ts'
import { Coordinator } from './coordinators.ts'
import { refusal } from './errors.ts'

const topicResource = 2
const pollMilliseconds = 25

const transactionStates: ReadonlySet<string> = new Set<TransactionState>([
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
])

export function adminOf(cluster: Cluster): Admin {
  return {
    describeConfigs: (topic) => describeConfigs(cluster, topic),
    deleteTopics: (names) => deleteTopics(cluster, names),
    transactions: { describe: (ids) => describeTransactions(cluster, ids) },
  }
}

async function describeConfigs(cluster: Cluster, topic: string): Promise<Record<string, string | null>> {
  const resources = [{ resourceType: topicResource, resourceName: topic, configurationKeys: null }]
  return cluster.repeat(async () => {
    const answer = await cluster.askAny(DescribeConfigs, () => ({ resources, includeSynonyms: false }))
    const configs: Record<string, string | null> = {}
    for (const result of answer.results) {
      if (result.errorCode !== 0) {
        throw refusal(result.errorCode, 'DescribeConfigs', `topic ${topic}`, result.errorMessage)
      }
      for (const { name, value } of result.configs) configs[name] = value
    }
    return configs
  })
}

/** Resolves when the topics are gone from the metadata. A topic that is not there is no error. */
async function deleteTopics(cluster: Cluster, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await cluster.repeat(() => deleteOnce(cluster, names))
  const patience = cluster.patience()
  for (;;) {
    await cluster.refresh(names)
    const left = names.filter((name) => cluster.metadata.topic(name)?.errorCode === 0)
    if (left.length === 0) return
    if (await patience.wait(pollMilliseconds)) continue
    throw new KafkaError('retriable', 'TIMEOUT', 'DeleteTopics', `Still not deleted: ${left.join(', ')}`)
  }
}

async function deleteOnce(cluster: Cluster, names: readonly string[]): Promise<void> {
  const timeoutMs = Math.ceil(cluster.config.requestTimeout / 2)
  const topics = names.map((name) => ({ name, topicId: zeroUuid }))
  const answer = await cluster.askController(DeleteTopics, (version) =>
    version >= 6 ? { topics, timeoutMs } : { topicNames: names, timeoutMs },
  )
  for (const { name, errorCode: code, errorMessage } of answer.responses) {
    if (code === 0 || code === errorCode.UNKNOWN_TOPIC_OR_PARTITION) continue
    throw refusal(code, 'DeleteTopics', `topic ${name}`, errorMessage)
  }
}

async function describeTransactions(
  cluster: Cluster,
  ids: readonly string[],
): Promise<Map<string, TransactionState | null>> {
  const states = new Map<string, TransactionState | null>()
  for (const id of ids) states.set(id, await describeTransaction(cluster, id))
  return states
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
    return stateNamed(described.transactionState)
  })
}

function stateNamed(name: string): TransactionState {
  if (transactionStates.has(name)) return name as TransactionState
  throw new KafkaError('fatal', 'PROTOCOL', 'DescribeTransactions', `There is no transaction state "${name}"`)
}
