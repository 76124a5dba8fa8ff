/**
 * Ends a transaction. The answer comes once the decision is stored; the markers follow.
 *
 * Version notes: 2 PRODUCER_FENCED · 3 flexible · 4 TRANSACTION_ABORTABLE · 5 raises the epoch and answers with the id and
 * epoch of the next transaction (KIP-890).
 */
import { api, bool, ignorable, int16, int32, int64, since, string } from '../schema.ts'

export const EndTxn = api(26, 'EndTxn', {
  versions: [0, 5],
  flexible: 3,
  request: { transactionalId: string, producerId: int64, producerEpoch: int16, committed: bool },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    producerId: ignorable(since(5, int64, -1)),
    producerEpoch: ignorable(since(5, int16, -1)),
  },
})
