/**
 * Creates topics.
 *
 * Version notes: 4 -1 takes the broker's default number of partitions and replicas (KIP-464) · 5 flexible, configs in the
 * answer (KIP-525) · 6 THROTTLING_QUOTA_EXCEEDED · 7 topic id in the answer.
 */
import { api, array, bool, ignorable, int8, int16, int32, nullable, since, string, tagged, uuid } from '../schema.ts'

export const CreateTopics = api(19, 'CreateTopics', {
  versions: [2, 7],
  flexible: 5,
  request: {
    topics: array({
      name: string,
      numPartitions: int32,
      replicationFactor: int16,
      assignments: array({ partitionIndex: int32, brokerIds: array(int32) }),
      configs: array({ name: string, value: nullable(string) }),
    }),
    timeoutMs: int32,
    validateOnly: bool,
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      name: string,
      topicId: ignorable(since(7, uuid)),
      errorCode: int16,
      errorMessage: nullable(string),
      topicConfigErrorCode: ignorable(tagged(0, 5, int16)),
      numPartitions: ignorable(since(5, int32, -1)),
      replicationFactor: ignorable(since(5, int16, -1)),
      configs: ignorable(
        since(
          5,
          nullable(
            array({ name: string, value: nullable(string), readOnly: bool, configSource: int8, isSensitive: bool }),
          ),
          [],
        ),
      ),
    }),
  },
})
