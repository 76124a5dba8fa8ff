/**
 * Appends record sets to partitions.
 *
 * Version notes: 3 transactional id, format 2 only · 4 KAFKA_STORAGE_ERROR · 5 log start offset · 7 zstd · 8 errors of single
 * records · 9 flexible · 10 leader hints (KIP-951) · 11 TRANSACTION_ABORTABLE · 12 a transaction begins by itself (KIP-890).
 * Version 13 names topics by id and is not described here.
 */
import { api, array, ignorable, int16, int32, int64, nullable, records, since, string, tagged } from '../schema.ts'

export const Produce = api(0, 'Produce', {
  versions: [3, 12],
  flexible: 9,
  request: {
    transactionalId: nullable(string),
    acks: int16,
    timeoutMs: int32,
    topicData: array({ name: string, partitionData: array({ index: int32, records }) }),
  },
  response: {
    responses: array({
      name: string,
      partitionResponses: array({
        index: int32,
        errorCode: int16,
        baseOffset: int64,
        logAppendTimeMs: int64,
        logStartOffset: ignorable(since(5, int64, -1)),
        recordErrors: ignorable(since(8, array({ batchIndex: int32, batchIndexErrorMessage: nullable(string) }))),
        errorMessage: ignorable(since(8, nullable(string))),
        currentLeader: tagged(0, 10, { leaderId: int32, leaderEpoch: int32 }, { leaderId: -1, leaderEpoch: -1 }),
      }),
    }),
    throttleTimeMs: int32,
    nodeEndpoints: tagged(0, 10, array({ nodeId: int32, host: string, port: int32, rack: nullable(string) })),
  },
})
