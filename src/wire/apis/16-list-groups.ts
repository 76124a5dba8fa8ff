/**
 * The groups a broker coordinates.
 *
 * Version notes: 3 flexible · 4 filter by state (KIP-518) · 5 filter by type (KIP-848).
 */
import { api, array, ignorable, int16, int32, since, string } from '../schema.ts'

export const ListGroups = api(16, 'ListGroups', {
  versions: [0, 5],
  flexible: 3,
  request: { statesFilter: since(4, array(string)), typesFilter: since(5, array(string)) },
  response: {
    throttleTimeMs: ignorable(since(1, int32)),
    errorCode: int16,
    groups: array({
      groupId: string,
      protocolType: string,
      groupState: ignorable(since(4, string)),
      groupType: ignorable(since(5, string)),
    }),
  },
})
