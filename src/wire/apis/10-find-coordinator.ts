/**
 * Finds the broker that coordinates a group (key type 0) or a transactional id (key type 1).
 *
 * Version notes: 1 key type · 3 flexible · 4 several keys at once · 5 TRANSACTION_ABORTABLE · 6 share groups (key type 2).
 */
import { api, array, between, ignorable, int8, int16, int32, nullable, since, string, until } from '../schema.ts'

export const FindCoordinator = api(10, 'FindCoordinator', {
  versions: [0, 6],
  flexible: 3,
  request: { key: until(3, string), keyType: since(1, int8), coordinatorKeys: since(4, array(string)) },
  response: {
    throttleTimeMs: ignorable(since(1, int32)),
    errorCode: until(3, int16),
    errorMessage: ignorable(between(1, 3, nullable(string), '')),
    nodeId: until(3, int32),
    host: until(3, string),
    port: until(3, int32),
    coordinators: since(
      4,
      array({
        key: string,
        nodeId: int32,
        host: string,
        port: int32,
        errorCode: int16,
        errorMessage: nullable(string),
      }),
    ),
  },
})
