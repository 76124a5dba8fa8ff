/**
 * DeleteTopics.
 * Behaviour: gone at once, with its records and the positions of groups in it.
 * Version notes: 6 by id.
 */
import { DeleteTopics } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { type Request, type ResponseInput, zeroUuid } from '../../wire/schema.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { attempt } from '../storage/attempt.ts'

type DeleteRequest = Request<typeof DeleteTopics>
type Wanted = DeleteRequest['topics'][number]
type Deleted = ResponseInput<typeof DeleteTopics>['responses'][number]

export const deleteTopics: AnyHandler = handler({
  api: DeleteTopics,
  execute(request, broker) {
    const responses = wantedOf(request).map((wanted) => {
      const { name, topicId } = wanted
      const topic = name === null ? broker.topics.byId(topicId) : broker.topics.get(name)
      if (topic === undefined) {
        return answer(wanted, name === null ? errorCode.UNKNOWN_TOPIC_ID : errorCode.UNKNOWN_TOPIC_OR_PARTITION)
      }
      const code = attempt(() => broker.deleteTopic(topic))
      return answer({ name: topic.name, topicId: topic.id }, code)
    })
    return { throttleTimeMs: 0, responses }
  },
  refuse: (request, code) => ({
    throttleTimeMs: 0,
    responses: wantedOf(request).map((wanted) => answer(wanted, code)),
  }),
})

function wantedOf({ topics, topicNames }: DeleteRequest): Wanted[] {
  return topics.length > 0 ? topics : topicNames.map((name) => ({ name, topicId: zeroUuid }))
}

function answer({ name, topicId }: Wanted, code: number): Deleted {
  return { name, topicId, errorCode: code, errorMessage: null }
}
