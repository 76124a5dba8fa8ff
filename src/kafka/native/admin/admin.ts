/** The administrator's calls, by name. */
import type { Admin, AdminCall } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { alterConfigs, describeConfigs } from './admin-configs.ts'
import { deleteGroups, describeGroups, listGroups, setPositions } from './admin-groups.ts'
import { createPartitions, deleteTopics } from './admin-topics.ts'
import { describeTransactions, listProducers, listTransactions } from './admin-transactions.ts'

const calls: readonly AdminCall[] = [
  'describeConfigs',
  'alterConfigs',
  'createPartitions',
  'deleteTopics',
  'groups.list',
  'groups.describe',
  'groups.delete',
  'groups.setPositions',
  'transactions.list',
  'transactions.describe',
  'transactions.producers',
]

export function adminOf(cluster: Cluster): Admin {
  return {
    calls: new Set(calls),
    describeConfigs: (resources) => describeConfigs(cluster, resources),
    alterConfigs: (changes) => alterConfigs(cluster, changes),
    createPartitions: (topic, count) => createPartitions(cluster, topic, count),
    deleteTopics: (names) => deleteTopics(cluster, names),
    groups: {
      list: () => listGroups(cluster),
      describe: (ids) => describeGroups(cluster, ids),
      delete: (ids) => deleteGroups(cluster, ids),
      setPositions: (id, positions) => setPositions(cluster, id, positions),
    },
    transactions: {
      list: () => listTransactions(cluster),
      describe: (ids) => describeTransactions(cluster, ids),
      producers: (partitions) => listProducers(cluster, partitions),
    },
  }
}
