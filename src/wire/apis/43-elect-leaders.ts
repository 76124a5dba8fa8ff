/**
 * Lets partitions elect their leaders anew. Partitions: null asks for all.
 *
 * Version notes: 1 type of election: 0 the preferred replica, 1 any, synchronised or not (KIP-460); an error of the
 * whole · 2 flexible.
 */
import { api, array, int8, int16, int32, nullable, since, string } from '../schema.ts'

export const ElectLeaders = api(43, 'ElectLeaders', {
  versions: [0, 2],
  flexible: 2,
  request: {
    electionType: since(1, int8),
    topicPartitions: nullable(array({ topic: string, partitions: array(int32) })),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: int32,
    errorCode: since(1, int16),
    replicaElectionResults: array({
      topic: string,
      partitionResult: array({ partitionId: int32, errorCode: int16, errorMessage: nullable(string) }),
    }),
  },
})
