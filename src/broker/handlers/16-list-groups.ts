/**
 * ListGroups.
 * Version notes: 4 filter by state · 5 filter by type: classic, or consumer for the newer protocol.
 */
import { ListGroups } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { offsetsPartition } from '../internal-topics.ts'

export const listGroups: AnyHandler = handler({
  api: ListGroups,
  execute({ statesFilter, typesFilter }, broker, { node }) {
    const groups = listed(broker)
      .filter(({ groupId }) => broker.coordinators.nodeOf(offsetsPartition(groupId)) === node)
      .filter(({ groupState, groupType }) => contains(statesFilter, groupState) && contains(typesFilter, groupType))
    return { throttleTimeMs: 0, errorCode: errorCode.NONE, groups }
  },
  refuse: (_, code) => ({ throttleTimeMs: 0, errorCode: code, groups: [] }),
})

/** Positions of groups of the newer protocol are kept under their names: those are no groups of the classic one. */
function listed({ groups, consumerGroups }: Broker) {
  const classic = groups
    .all()
    .filter(({ id }) => consumerGroups.get(id) === undefined)
    .map(({ id, protocolType, state }) => ({
      groupId: id,
      protocolType: protocolType ?? '',
      groupState: state,
      groupType: 'classic',
    }))
  const newer = consumerGroups
    .all()
    .map(({ id, state }) => ({ groupId: id, protocolType: 'consumer', groupState: state, groupType: 'consumer' }))
  return [...classic, ...newer]
}

/** An empty filter lets everything through; case does not matter. */
function contains(filter: readonly string[], value: string): boolean {
  return filter.length === 0 || filter.some((wanted) => wanted.toLowerCase() === value.toLowerCase())
}
