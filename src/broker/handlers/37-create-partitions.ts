/**
 * CreatePartitions.
 * Behaviour: partitions only grow; new ones go where the request says, or where the broker likes.
 */
import { CreatePartitions } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { attempt } from '../storage/attempt.ts'
import { mostPartitions, type Topic } from '../topics.ts'

type Wanted = Request<typeof CreatePartitions>['topics'][number]

export const createPartitions: AnyHandler = handler({
  api: CreatePartitions,
  execute({ topics, validateOnly }, broker) {
    const names = topics.map(({ name }) => name)
    const results = topics.map((wanted) => {
      const { name } = wanted
      if (names.indexOf(name) !== names.lastIndexOf(name)) return answer(name, errorCode.INVALID_REQUEST)
      const topic = broker.topics.get(name)
      if (topic === undefined) return answer(name, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
      const code = problemOf(wanted, topic, broker)
      return answer(name, code || validateOnly ? code : attempt(() => grow(wanted, topic, broker)))
    })
    return { throttleTimeMs: 0, results }
  },
  refuse: ({ topics }, code) => ({ throttleTimeMs: 0, results: topics.map(({ name }) => answer(name, code)) }),
})

function problemOf({ count, assignments }: Wanted, { partitions }: Topic, { nodes }: Broker): number {
  const more = count - partitions.length
  if (more <= 0) return errorCode.INVALID_PARTITIONS
  if (more > mostPartitions) return errorCode.POLICY_VIOLATION
  if (assignments === null) return errorCode.NONE
  const factor = partitions[0]?.replicas.length
  const fits = assignments.every(
    ({ brokerIds }) =>
      brokerIds.length === factor && new Set(brokerIds).size === factor && brokerIds.every((id) => nodes.get(id)),
  )
  return fits && assignments.length === more ? errorCode.NONE : errorCode.INVALID_REPLICA_ASSIGNMENT
}

function grow({ count, assignments }: Wanted, topic: Topic, { topics }: Broker): void {
  topics.grow(topic, count, assignments === null ? {} : { assignments: assignments.map(({ brokerIds }) => brokerIds) })
}

function answer(name: string, code: number): { name: string; errorCode: number; errorMessage: null } {
  return { name, errorCode: code, errorMessage: null }
}
