/**
 * Adds a group's positions to a transaction (transaction protocol 1).
 *
 * Version notes: 2 PRODUCER_FENCED · 3 flexible · 4 TRANSACTION_ABORTABLE (KIP-890).
 */
import { api, int16, int32, int64, string } from '../schema.ts'

export const AddOffsetsToTxn = api(25, 'AddOffsetsToTxn', {
  versions: [0, 4],
  flexible: 3,
  request: { transactionalId: string, producerId: int64, producerEpoch: int16, groupId: string },
  response: { throttleTimeMs: int32, errorCode: int16 },
})
