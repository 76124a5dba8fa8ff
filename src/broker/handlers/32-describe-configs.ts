/**
 * DescribeConfigs.
 * Behaviour: topics (resource type 2) with every setting there is; nodes (type 4) with those that say how the broker
 * was started and the topics' defaults, to be read only.
 * Version notes: 3 types and documentation; there is no documentation.
 */
import { DescribeConfigs } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type ConfigType, topicDefinitions } from '../configs/definitions.ts'
import { nodeEntries } from '../configs/node.ts'
import { nodeResource, topicResource } from '../configs/resources.ts'
import type { TopicConfigs } from '../configs.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { topicNameProblem } from '../topics.ts'

type Wanted = Request<typeof DescribeConfigs>['resources'][number]
type Described = ResponseInput<typeof DescribeConfigs>['results'][number]
type Config = Described['configs'][number]

/** Kafka's numbers for where a value comes from. */
const sources = { topic: 1, cluster: 3, start: 4, default: 5 } as const
/** Settings that a new cluster of Kafka 4.1 has been given for all nodes (KIP-966). */
const clusterWide: readonly string[] = ['min.insync.replicas']
/** Kafka's numbers for the types of settings. */
const typeNumbers: Readonly<Record<ConfigType, number>> = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 }

export const describeConfigs: AnyHandler = handler({
  api: DescribeConfigs,
  execute: ({ resources, includeSynonyms }, broker) => ({
    throttleTimeMs: 0,
    results: resources.map((wanted) => only(wanted, includeSynonyms, describe(wanted, broker))),
  }),
  refuse: ({ resources }, code) => ({ throttleTimeMs: 0, results: resources.map((wanted) => empty(wanted, code)) }),
})

function describe(wanted: Wanted, broker: Broker): Described {
  if (wanted.resourceType === nodeResource) return describeNode(wanted, broker)
  if (wanted.resourceType !== topicResource) return empty(wanted, errorCode.INVALID_REQUEST)
  const problem = topicNameProblem(wanted.resourceName)
  if (problem !== null) return empty(wanted, errorCode.INVALID_TOPIC_EXCEPTION, problem)
  const topic = broker.topics.get(wanted.resourceName)
  if (topic === undefined) return empty(wanted, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
  return { ...empty(wanted, errorCode.NONE), configs: describeTopic(topic.configs) }
}

/** Those asked for by name, or all when none is named. */
function only({ configurationKeys: names }: Wanted, withSynonyms: boolean, described: Described): Described {
  const configs = described.configs
    .filter(({ name }) => names === null || names.length === 0 || names.includes(name))
    .map((config) => (withSynonyms ? config : { ...config, synonyms: [] }))
  return { ...described, configs }
}

function describeTopic(configs: TopicConfigs): Config[] {
  return configs.entries().map(({ name, value, type, isDefault }) => ({
    name,
    value,
    readOnly: false,
    configSource: isDefault ? sourceOfDefault(name) : sources.topic,
    isSensitive: false,
    synonyms: [...(isDefault ? [] : [{ name, value, source: sources.topic }]), ...defaultOf(name)],
    configType: typeNumbers[type],
    documentation: null,
  }))
}

/** The node's setting that a topic's comes from. */
function defaultOf(name: string): Config['synonyms'] {
  const { node, value } = topicDefinitions[name]!
  if (node === undefined) return []
  const forAll = clusterWide.includes(name) ? [{ name: node, value, source: sources.cluster }] : []
  return [...forAll, { name: node, value, source: sources.default }]
}

function sourceOfDefault(name: string): number {
  return clusterWide.includes(name) ? sources.cluster : sources.default
}

/** The empty name stands for what all nodes were told while they ran, which is nothing. */
function describeNode(wanted: Wanted, { nodes, settings }: Broker): Described {
  if (wanted.resourceName === '') return empty(wanted, errorCode.NONE)
  const node = nodes.get(Number(wanted.resourceName))
  if (node === undefined) return empty(wanted, errorCode.INVALID_REQUEST, `there is no node ${wanted.resourceName}`)
  const configs = nodeEntries(node, settings).map(({ name, value, type, isChosen }) => {
    const configSource = isChosen ? sources.start : sources.default
    const synonyms = [{ name, value, source: configSource }]
    const configType = typeNumbers[type]
    return { name, value, readOnly: true, configSource, isSensitive: false, synonyms, configType, documentation: null }
  })
  return { ...empty(wanted, errorCode.NONE), configs }
}

function empty({ resourceType, resourceName }: Wanted, code: number, errorMessage = ''): Described {
  return { errorCode: code, errorMessage, resourceType, resourceName, configs: [] }
}
