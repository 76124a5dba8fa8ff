/**
 * The transactional ids a coordinator knows (KIP-664).
 *
 * Version notes: 0 flexible · 1 filter by duration (KIP-994) · 2 filter by pattern (KIP-1152).
 */
import { api, array, int16, int32, int64, nullable, since, string } from '../schema.ts'

export const ListTransactions = api(66, 'ListTransactions', {
  versions: [0, 2],
  flexible: 0,
  request: {
    stateFilters: array(string),
    producerIdFilters: array(int64),
    durationFilter: since(1, int64, -1),
    transactionalIdPattern: since(2, nullable(string)),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    unknownStateFilters: array(string),
    transactionStates: array({ transactionalId: string, producerId: int64, transactionState: string }),
  },
})
