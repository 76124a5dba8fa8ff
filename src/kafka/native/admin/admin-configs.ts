/** Settings of topics and brokers: what they are, and changing single ones (KIP-339). */
import { DescribeConfigs } from '../../../wire/apis/32-describe-configs.ts'
import { IncrementalAlterConfigs } from '../../../wire/apis/44-incremental-alter-configs.ts'
import type { Api, Response } from '../../../wire/schema.ts'
import { refusal } from '../../faults.ts'
import { type ConfigChange, type ConfigResource, type Configs, KafkaError } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { BodyOf } from '../connection/link.ts'

const resourceTypes: Readonly<Record<ConfigResource['type'], number>> = { topic: 2, broker: 4 }
const operations = { set: 0, delete: 1 } as const

/** One request for all topics, and one to each broker that is asked for: only it knows its own settings. */
export async function describeConfigs(cluster: Cluster, resources: readonly ConfigResource[]): Promise<Configs[]> {
  const found = new Map<string, Configs>()
  for (const [node, asked] of byNode(resources)) {
    for (const [name, configs] of await cluster.repeatAtController(() => describeAt(cluster, node, asked)))
      found.set(name, configs)
  }
  return resources.map((resource) => found.get(nameOf(resource)) ?? {})
}

async function describeAt(
  cluster: Cluster,
  node: number | null,
  asked: readonly ConfigResource[],
): Promise<[string, Configs][]> {
  const resources = asked.map(({ type, name }) => ({
    resourceType: resourceTypes[type],
    resourceName: name,
    configurationKeys: null,
  }))
  const answer = await ask(cluster, node, DescribeConfigs, () => ({ resources, includeSynonyms: false }))
  return answer.results.map(({ errorCode, errorMessage, resourceType, resourceName, configs }) => {
    const name = nameOf({ type: resourceType === resourceTypes.topic ? 'topic' : 'broker', name: resourceName })
    if (errorCode !== 0) throw refusal(errorCode, 'DescribeConfigs', name, errorMessage)
    return [name, Object.fromEntries(configs.map((config) => [config.name, config.value]))]
  })
}

/** @throws KafkaError `rejected` for a setting or a value that Kafka refuses */
export async function alterConfigs(cluster: Cluster, changes: readonly ConfigChange[]): Promise<void> {
  for (const [node, asked] of byNode(changes)) await cluster.repeatAtController(() => alterAt(cluster, node, asked))
}

async function alterAt(cluster: Cluster, node: number | null, changes: readonly ConfigChange[]): Promise<void> {
  const resources = changes.map(({ type, name, set }) => ({
    resourceType: resourceTypes[type],
    resourceName: name,
    configs: Object.entries(set).map(([setting, value]) => ({
      name: setting,
      configOperation: value === null ? operations.delete : operations.set,
      value,
    })),
  }))
  const answer = await ask(cluster, node, IncrementalAlterConfigs, () => ({ resources, validateOnly: false }))
  for (const { errorCode, errorMessage, resourceName } of answer.responses) {
    if (errorCode !== 0) throw refusal(errorCode, 'IncrementalAlterConfigs', `"${resourceName}"`, errorMessage)
  }
}

/** Settings of topics may be asked of any node: null. */
function byNode<R extends ConfigResource>(resources: readonly R[]): Map<number | null, R[]> {
  const nodes = new Map<number | null, R[]>()
  for (const resource of resources) {
    const node = resource.type === 'broker' ? nodeId(resource.name) : null
    const ofNode = nodes.get(node)
    if (ofNode === undefined) nodes.set(node, [resource])
    else ofNode.push(resource)
  }
  return nodes
}

function nodeId(name: string): number {
  if (/^\d{1,9}$/.test(name)) return Number(name)
  throw new KafkaError(
    'rejected',
    'INVALID_REQUEST',
    'DescribeConfigs',
    `A broker is named by its number, not "${name}"`,
  )
}

async function ask<A extends Api>(
  cluster: Cluster,
  node: number | null,
  api: A,
  body: BodyOf<A>,
): Promise<Response<A>> {
  if (node === null) return cluster.askController(api, body)
  if (cluster.metadata.address(node) === undefined) await cluster.refresh([])
  return cluster.link(node, 'control').request(api, body)
}

function nameOf({ type, name }: ConfigResource): string {
  return `${type} ${name}`
}
