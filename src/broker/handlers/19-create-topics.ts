/**
 * CreateTopics.
 * Behaviour: each topic on its own; a name that is taken, not valid or too much like another's is refused.
 * Version notes: 4 -1 stands for the broker's number of partitions and replicas · 5 configs are answered · 7 topic ids.
 */
import { CreateTopics } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { type Request, type ResponseInput, zeroUuid } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { configProblem } from '../configs.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { attempt } from '../storage/attempt.ts'
import { type Copies, mostPartitions, type Topic, topicNameProblem } from '../topics.ts'

type CreateRequest = Request<typeof CreateTopics>
type Wanted = CreateRequest['topics'][number]
type Created = ResponseInput<typeof CreateTopics>['topics'][number]

interface Problem {
  readonly code: number
  readonly message: string
}

const defaultSource = 5
const topicSource = 1

export const createTopics: AnyHandler = handler({
  api: CreateTopics,
  execute(request, broker) {
    const names = request.topics.map(({ name }) => name)
    const topics = request.topics.map((wanted) => {
      const isDoubled = names.indexOf(wanted.name) !== names.lastIndexOf(wanted.name)
      const problem = isDoubled ? doubled : problemOf(wanted, broker)
      if (problem !== null) return refused(wanted.name, problem)
      const partitions = partitionsOf(wanted, broker)
      if (request.validateOnly) {
        return { ...created(wanted.name, partitions, factorOf(wanted, broker)), topicId: zeroUuid, configs: [] }
      }
      const code = attempt(() =>
        broker.topics.create(wanted.name, partitions, settingsOf(wanted), copiesOf(wanted, broker)),
      )
      if (code !== errorCode.NONE) return refused(wanted.name, { code, message: 'The topic could not be written.' })
      return answerFor(broker.topics.get(wanted.name)!)
    })
    return { throttleTimeMs: 0, topics }
  },
  refuse: (request, code) => ({
    throttleTimeMs: 0,
    topics: request.topics.map(({ name }) => refused(name, { code, message: '' })),
  }),
})

const doubled: Problem = { code: errorCode.INVALID_REQUEST, message: 'The topic is named twice.' }

function problemOf(wanted: Wanted, broker: Broker): Problem | null {
  const { name, numPartitions, replicationFactor, assignments } = wanted
  const nameProblem = topicNameProblem(name)
  if (nameProblem !== null) return { code: errorCode.INVALID_TOPIC_EXCEPTION, message: nameProblem }
  if (broker.topics.get(name) !== undefined) {
    return { code: errorCode.TOPIC_ALREADY_EXISTS, message: `Topic '${name}' already exists` }
  }
  const other = broker.topics.collision(name)
  if (other !== undefined) {
    const message = `Topic '${name}' collides with existing topic: ${other.name}`
    return { code: errorCode.INVALID_TOPIC_EXCEPTION, message }
  }
  if (assignments.length > 0) {
    const assignmentProblem = problemOfAssignments(wanted, broker)
    if (assignmentProblem !== null) return assignmentProblem
  } else {
    const sizeProblem = problemOfSize(numPartitions, replicationFactor, broker.nodes.alive().length)
    if (sizeProblem !== null) return sizeProblem
  }
  return problemOfConfigs(wanted)
}

function problemOfAssignments(
  { assignments, numPartitions, replicationFactor }: Wanted,
  broker: Broker,
): Problem | null {
  if (numPartitions !== -1 || replicationFactor !== -1) {
    return { code: errorCode.INVALID_REQUEST, message: 'Numbers of partitions and copies follow from the assignments.' }
  }
  const indexes = new Set(assignments.map(({ partitionIndex }) => partitionIndex))
  const isWhole = indexes.size === assignments.length && assignments.every((_, index) => indexes.has(index))
  const first = assignments[0]!.brokerIds.length
  const isPlaced = assignments.every(
    ({ brokerIds }) =>
      brokerIds.length === first && first > 0 && new Set(brokerIds).size === first && brokerIds.every(isNode(broker)),
  )
  if (isWhole && isPlaced) return null
  return {
    code: errorCode.INVALID_REPLICA_ASSIGNMENT,
    message: 'The assignments do not fit together, or name no node.',
  }
}

function isNode({ nodes }: Broker): (id: number) => boolean {
  return (id) => nodes.get(id) !== undefined
}

function problemOfSize(partitions: number, replicas: number, nodes: number): Problem | null {
  if (partitions === 0 || partitions < -1) {
    return { code: errorCode.INVALID_PARTITIONS, message: `A topic cannot have ${partitions} partitions.` }
  }
  if (partitions > mostPartitions) {
    return { code: errorCode.POLICY_VIOLATION, message: `${partitions} partitions are too many for one request.` }
  }
  if (replicas === 0 || replicas < -1) {
    return { code: errorCode.INVALID_REPLICATION_FACTOR, message: `A partition cannot have ${replicas} copies.` }
  }
  if (replicas <= nodes) return null
  return {
    code: errorCode.INVALID_REPLICATION_FACTOR,
    message: `There are ${nodes} brokers, which cannot hold ${replicas} copies.`,
  }
}

function problemOfConfigs({ configs }: Wanted): Problem | null {
  for (const { name, value } of configs) {
    const message = configProblem(name, value)
    if (message !== null) return { code: errorCode.INVALID_CONFIG, message }
  }
  return null
}

function partitionsOf({ numPartitions, assignments }: Wanted, broker: Broker): number {
  if (assignments.length > 0) return assignments.length
  return numPartitions === -1 ? broker.settings.partitions : numPartitions
}

function settingsOf({ configs }: Wanted): Map<string, string> {
  return new Map(configs.map(({ name, value }) => [name, value ?? '']))
}

function factorOf({ replicationFactor, assignments }: Wanted, broker: Broker): number {
  if (assignments.length > 0) return assignments[0]!.brokerIds.length
  return replicationFactor === -1 ? broker.leadership.defaultFactor : replicationFactor
}

/** Assignments come in any order, and name nodes that exist. */
function copiesOf(wanted: Wanted, broker: Broker): Copies {
  const factor = factorOf(wanted, broker)
  const ordered = wanted.assignments.toSorted((one, other) => one.partitionIndex - other.partitionIndex)
  return ordered.length === 0 ? { factor } : { factor, assignments: ordered.map(({ brokerIds }) => brokerIds) }
}

function answerFor({ name, id, partitions, configs }: Topic): Created {
  return {
    ...created(name, partitions.length, partitions[0]!.replicas.length),
    topicId: id,
    configs: configs.entries().map((entry) => ({
      name: entry.name,
      value: entry.value,
      readOnly: false,
      configSource: entry.isDefault ? defaultSource : topicSource,
      isSensitive: false,
    })),
  }
}

function created(name: string, numPartitions: number, replicationFactor: number): Created {
  return { name, errorCode: errorCode.NONE, errorMessage: null, numPartitions, replicationFactor }
}

function refused(name: string, { code, message }: Problem): Created {
  return { name, errorCode: code, errorMessage: message, numPartitions: -1, replicationFactor: -1, configs: [] }
}
