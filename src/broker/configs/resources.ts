/** Changes of several resources at once: each on its own, all as one may be only looked at. */
import { errorCode } from '../../wire/errors.ts'
import type { Broker } from '../broker.ts'
import { topicNameProblem } from '../topics.ts'
import type { ChangedConfigs, ConfigRefusal } from './changes.ts'

export const topicResource = 2
export const nodeResource = 4

export interface Resource {
  readonly resourceType: number
  readonly resourceName: string
}

export interface AlteredResource extends Resource {
  readonly errorCode: number
  readonly errorMessage: string | null
}

/** Answers for all; `change` says what becomes of a topic's settings. Nodes have settings that can be read only. */
export function alterResources<R extends Resource>(
  resources: readonly R[],
  validateOnly: boolean,
  broker: Broker,
  change: (before: ReadonlyMap<string, string>, resource: R) => ChangedConfigs,
): AlteredResource[] {
  const keys = resources.map(keyOf)
  return resources.map((resource) => {
    const isDoubled = keys.filter((key) => key === keyOf(resource)).length > 1
    if (isDoubled) return altered(resource, { code: errorCode.INVALID_REQUEST, message: 'a resource is named twice' })
    const problem = resourceProblem(resource, broker)
    if (problem !== null) return altered(resource, problem)
    const topic = broker.topics.get(resource.resourceName)!
    const result = change(topic.configs.overrides(), resource)
    if (result.kind === 'refused') return altered(resource, result)
    if (!validateOnly) broker.topics.setConfigs(topic, result.configs)
    return altered(resource, { code: errorCode.NONE, message: null })
  })
}

export function refusedResources(resources: readonly Resource[], code: number): AlteredResource[] {
  return resources.map((resource) => altered(resource, { code, message: null }))
}

function resourceProblem({ resourceType, resourceName }: Resource, broker: Broker): ConfigRefusal | null {
  if (resourceType === nodeResource) return nodeProblem(resourceName, broker)
  if (resourceType !== topicResource) {
    return { code: errorCode.INVALID_REQUEST, message: `there are no settings of resource type ${resourceType}` }
  }
  if (resourceName === '') return { code: errorCode.INVALID_REQUEST, message: 'a topic has to be named' }
  const nameProblem = topicNameProblem(resourceName)
  if (nameProblem !== null) return { code: errorCode.INVALID_TOPIC_EXCEPTION, message: nameProblem }
  if (broker.topics.get(resourceName) !== undefined) return null
  return { code: errorCode.UNKNOWN_TOPIC_OR_PARTITION, message: `there is no topic ${resourceName}` }
}

function nodeProblem(name: string, { nodes }: Broker): ConfigRefusal {
  const isThere = name === '' || nodes.get(Number(name)) !== undefined
  const message = isThere ? 'settings of a node cannot be changed here' : `there is no node ${name}`
  return { code: errorCode.INVALID_REQUEST, message }
}

function keyOf({ resourceType, resourceName }: Resource): string {
  return `${resourceType} ${resourceName}`
}

function altered(
  { resourceType, resourceName }: Resource,
  { code, message }: { readonly code: number; readonly message: string | null },
): AlteredResource {
  return { errorCode: code, errorMessage: message, resourceType, resourceName }
}
