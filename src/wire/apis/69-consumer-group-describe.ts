/**
 * Groups of the newer protocol: epochs, members, what each has and what it is to have (KIP-848).
 *
 * Version notes: 0 flexible · 1 which protocol a member speaks.
 */
import { api, array, bool, ignorable, int8, int16, int32, nullable, since, string, uuid } from '../schema.ts'

const assignment = { topicPartitions: array({ topicId: uuid, topicName: string, partitions: array(int32) }) }

export const ConsumerGroupDescribe = api(69, 'ConsumerGroupDescribe', {
  versions: [0, 1],
  flexible: 0,
  request: { groupIds: array(string), includeAuthorizedOperations: bool },
  response: {
    throttleTimeMs: int32,
    groups: array({
      errorCode: int16,
      errorMessage: nullable(string),
      groupId: string,
      groupState: string,
      groupEpoch: int32,
      assignmentEpoch: int32,
      assignorName: string,
      members: array({
        memberId: string,
        instanceId: nullable(string),
        rackId: nullable(string),
        memberEpoch: int32,
        clientId: string,
        clientHost: string,
        subscribedTopicNames: array(string),
        subscribedTopicRegex: nullable(string),
        assignment,
        targetAssignment: assignment,
        memberType: ignorable(since(1, int8, -1)),
      }),
      authorizedOperations: int32,
    }),
  },
})
