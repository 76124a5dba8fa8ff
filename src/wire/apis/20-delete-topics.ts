/**
 * Deletes topics.
 *
 * Version notes: 4 flexible · 5 error message · 6 by name or by id (KIP-516).
 */
import { api, array, ignorable, int16, int32, nullable, since, string, until, uuid } from '../schema.ts'

export const DeleteTopics = api(20, 'DeleteTopics', {
  versions: [1, 6],
  flexible: 4,
  request: {
    topics: since(6, array({ name: nullable(string), topicId: uuid })),
    topicNames: ignorable(until(5, array(string))),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: int32,
    responses: array({
      name: nullable(string, 6),
      topicId: ignorable(since(6, uuid)),
      errorCode: int16,
      errorMessage: ignorable(since(5, nullable(string))),
    }),
  },
})
