/**
 * DeleteGroups.
 * Behaviour: only groups without members, with their positions.
 */
import { DeleteGroups } from '../../wire/apis/index.ts'
import { type AnyHandler, handler } from '../handler.ts'

export const deleteGroups: AnyHandler = handler({
  api: DeleteGroups,
  execute: ({ groupsNames }, broker) => ({
    throttleTimeMs: 0,
    results: groupsNames.map((groupId) => ({ groupId, errorCode: broker.groups.delete(groupId) })),
  }),
  refuse: ({ groupsNames }, errorCode) => ({
    throttleTimeMs: 0,
    results: groupsNames.map((groupId) => ({ groupId, errorCode })),
  }),
})
