/** The administrator's calls that kafkajs has in a form that keeps their promise. */
import kafkajs, { type Admin as KafkajsAdmin } from 'kafkajs'
import type { Admin, ConfigResource, Configs, GroupListing } from '../port.ts'
import type { ClusterDoor } from './clusters.ts'
import { asKafkaError } from './errors.ts'
import { adminCalls, unsupported } from './lacks.ts'
import type { KafkajsTopics } from './topics.ts'

const typeOf = {
  topic: kafkajs.ConfigResourceTypes.TOPIC,
  broker: kafkajs.ConfigResourceTypes.BROKER,
} as const

export function adminOf(admin: KafkajsAdmin, topics: KafkajsTopics, door: ClusterDoor): Admin {
  return {
    calls: adminCalls,
    describeConfigs: (resources) => door.repeat('DescribeConfigs', 'reads', () => describe(admin, resources)),
    createPartitions: (topic, count) => topics.grow(topic, count),
    deleteTopics: (names) => topics.delete(names),
    alterConfigs: async () => {
      throw unsupported('alterConfigs', 'its request gives back the default to every setting that is not named')
    },
    groups: {
      list: () => door.repeat('ListGroups', 'reads', () => listGroups(admin)),
      delete: (ids) => deleteGroups(admin, ids),
      describe: async () => {
        throw unsupported('groups.describe', 'it does not say which members are static')
      },
      setPositions: async () => {
        throw unsupported('groups.setPositions', 'it joins the group to do so')
      },
    },
    transactions: {
      list: async () => {
        throw unsupported('transactions.list', 'it has no such request')
      },
      describe: async () => {
        throw unsupported('transactions.describe', 'it has no such request')
      },
      producers: async () => {
        throw unsupported('transactions.producers', 'it has no such request')
      },
    },
  }
}

async function describe(admin: KafkajsAdmin, resources: readonly ConfigResource[]): Promise<Configs[]> {
  if (resources.length === 0) return []
  const asked = resources.map(({ type, name }) => ({ type: typeOf[type], name }))
  const answer = await admin.describeConfigs({ resources: asked, includeSynonyms: false })
  const found = new Map(
    answer.resources.map(({ resourceType, resourceName, configEntries }) => [
      `${resourceType} ${resourceName}`,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue ?? null])),
    ]),
  )
  return resources.map(({ type, name }) => found.get(`${typeOf[type]} ${name}`) ?? {})
}

async function listGroups(admin: KafkajsAdmin): Promise<GroupListing[]> {
  const { groups } = await admin.listGroups()
  return groups.map(({ groupId, protocolType }) => ({ id: groupId, protocolType, state: '' }))
}

/** A group that is not there is no error. */
async function deleteGroups(admin: KafkajsAdmin, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await admin.deleteGroups([id]).catch((thrown: unknown) => {
      const error = asKafkaError(firstOf(thrown), 'DeleteGroups', 'writes')
      if (error.reason !== 'GROUP_ID_NOT_FOUND') throw error
    })
  }
}

/** kafkajs keeps the refusal of each group beside its error. */
function firstOf(thrown: unknown): unknown {
  const groups = thrown instanceof kafkajs.KafkaJSDeleteGroupsError ? (thrown.groups ?? []) : []
  return groups[0]?.error ?? (thrown instanceof Error && thrown.cause ? firstOf(thrown.cause) : thrown)
}
