/**
 * Gives a producer its id and epoch, and fences earlier users of a transactional id.
 *
 * Version notes: 2 flexible · 3 the present id and epoch, to go on after an error (KIP-360) · 4 PRODUCER_FENCED
 * · 5 TRANSACTION_ABORTABLE (KIP-890).
 */
import { api, int16, int32, int64, nullable, since, string } from '../schema.ts'

export const InitProducerId = api(22, 'InitProducerId', {
  versions: [0, 5],
  flexible: 2,
  request: {
    transactionalId: nullable(string),
    transactionTimeoutMs: int32,
    producerId: since(3, int64, -1),
    producerEpoch: since(3, int16, -1),
  },
  response: { throttleTimeMs: int32, errorCode: int16, producerId: int64, producerEpoch: int16 },
})
