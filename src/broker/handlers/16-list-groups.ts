/**
 * ListGroups.
 * Version notes: 4 filter by state · 5 filter by type; every group is of the classic one.
 */
import { ListGroups } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { type AnyHandler, handler } from '../handler.ts'

export const listGroups: AnyHandler = handler({
  api: ListGroups,
  execute({ statesFilter, typesFilter }, broker) {
    const groups = broker.groups
      .all()
      .filter(({ state }) => contains(statesFilter, state) && contains(typesFilter, 'classic'))
      .map(({ id, protocolType, state }) => ({
        groupId: id,
        protocolType: protocolType ?? '',
        groupState: state,
        groupType: 'classic',
      }))
    return { throttleTimeMs: 0, errorCode: errorCode.NONE, groups }
  },
  refuse: (_, code) => ({ throttleTimeMs: 0, errorCode: code, groups: [] }),
})

/** An empty filter lets everything through; case does not matter. */
function contains(filter: readonly string[], value: string): boolean {
  return filter.length === 0 || filter.some((wanted) => wanted.toLowerCase() === value.toLowerCase())
}
