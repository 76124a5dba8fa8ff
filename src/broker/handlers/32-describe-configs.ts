/**
 * DescribeConfigs.
 * Behaviour: topics (resource type 2) with every setting there is; nodes (type 4) have none that can be set.
 * Version notes: 3 types and documentation; there is no documentation.
 */
import { DescribeConfigs } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import type { ConfigEntry, ConfigType } from '../configs.ts'
import { type AnyHandler, handler } from '../handler.ts'

type Wanted = Request<typeof DescribeConfigs>['resources'][number]
type Described = ResponseInput<typeof DescribeConfigs>['results'][number]

const topicType = 2
const nodeType = 4
const topicSource = 1
const defaultSource = 5
/** Kafka's numbers for the types of settings. */
const typeNumbers: Readonly<Record<ConfigType, number>> = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 }

export const describeConfigs: AnyHandler = handler({
  api: DescribeConfigs,
  execute: ({ resources, includeSynonyms }, broker) => ({
    throttleTimeMs: 0,
    results: resources.map((wanted) => describe(wanted, includeSynonyms, broker)),
  }),
  refuse: ({ resources }, code) => ({ throttleTimeMs: 0, results: resources.map((wanted) => empty(wanted, code)) }),
})

function describe(wanted: Wanted, withSynonyms: boolean, broker: Broker): Described {
  if (wanted.resourceType === nodeType) return empty(wanted, errorCode.NONE)
  if (wanted.resourceType !== topicType) return empty(wanted, errorCode.INVALID_REQUEST)
  const topic = broker.topics.get(wanted.resourceName)
  if (topic === undefined) return empty(wanted, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
  const { configurationKeys: names } = wanted
  const entries = topic.configs
    .entries()
    .filter(({ name }) => names === null || names.length === 0 || names.includes(name))
  return { ...empty(wanted, errorCode.NONE), configs: entries.map((entry) => describeEntry(entry, withSynonyms)) }
}

function describeEntry(
  { name, value, type, isDefault }: ConfigEntry,
  withSynonyms: boolean,
): Described['configs'][number] {
  const configSource = isDefault ? defaultSource : topicSource
  return {
    name,
    value,
    readOnly: false,
    configSource,
    isSensitive: false,
    synonyms: withSynonyms ? [{ name, value, source: configSource }] : [],
    configType: typeNumbers[type],
    documentation: null,
  }
}

function empty({ resourceType, resourceName }: Wanted, code: number): Described {
  return { errorCode: code, errorMessage: null, resourceType, resourceName, configs: [] }
}
