/**
 * Which positions have been kept long enough (KIP-211): those of a group without members, counted from the day the last
 * one left; of a group that never had any, from their commit; and of topics that the members do not read any more.
 * What an old client has said of a position goes first.
 */
import type { Group } from './group.ts'
import type { Written } from './offsets.ts'

/** Positions that nobody will ask for again. Those for which a transaction is open stay. */
export function expiredPositions(group: Group, now: number, retentionMilliseconds: number): Written[] {
  const since = expiryStart(group)
  return group.offsets
    .committed()
    .filter((written) => (written.expireTime ?? since(written) + retentionMilliseconds) <= now)
    .filter((written) => !group.offsets.isUnstable(written))
}

/** From when on a position waits for its end; Infinity while it is needed. */
function expiryStart(group: Group): (written: Written) => number {
  if (group.protocolType === null) return ({ commitTime }) => commitTime
  if (group.state === 'Empty') return ({ commitTime }) => (group.stateSince < 0 ? commitTime : group.stateSince)
  const topics = group.state === 'Stable' ? group.subscribed : null
  return ({ topic, commitTime }) => (topics === null || topics.has(topic) ? Number.POSITIVE_INFINITY : commitTime)
}
