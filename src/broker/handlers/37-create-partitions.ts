/**
 * CreatePartitions.
 * Behaviour: partitions only grow.
 */
import { CreatePartitions } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { mostPartitions } from '../topics.ts'

export const createPartitions: AnyHandler = handler({
  api: CreatePartitions,
  execute({ topics, validateOnly }, broker) {
    const results = topics.map(({ name, count }) => {
      const topic = broker.topics.get(name)
      if (topic === undefined) return answer(name, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
      if (count <= topic.partitions.length) return answer(name, errorCode.INVALID_PARTITIONS)
      if (count - topic.partitions.length > mostPartitions) return answer(name, errorCode.POLICY_VIOLATION)
      if (!validateOnly) broker.topics.grow(topic, count)
      return answer(name, errorCode.NONE)
    })
    return { throttleTimeMs: 0, results }
  },
  refuse: ({ topics }, code) => ({ throttleTimeMs: 0, results: topics.map(({ name }) => answer(name, code)) }),
})

function answer(name: string, code: number): { name: string; errorCode: number; errorMessage: null } {
  return { name, errorCode: code, errorMessage: null }
}
