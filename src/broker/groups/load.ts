/** Groups as they are written: rebuilt from `__consumer_offsets` by whoever becomes their coordinator. */
import type { Clock } from '../../clock.ts'
import { Group } from './group.ts'
import type { GroupEvent } from './log.ts'
import { Member } from './member.ts'
import type { GroupMetadata } from './records.ts'
import { subscribedTopics } from './subscription.ts'

/** Folds the log of a partition into the groups it holds. */
export function readGroups(events: Iterable<GroupEvent>, clock: Clock): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const event of events) apply(groups, event, clock)
  return groups
}

function apply(groups: Map<string, Group>, event: GroupEvent, clock: Clock): void {
  if (event.kind === 'marker') {
    for (const { offsets } of groups.values()) offsets.settle(event.producerId, event.ending)
    return
  }
  const { record, producerId, offset } = event
  const group = groups.get(record.groupId) ?? new Group(record.groupId, clock)
  if (record.kind === 'group' && record.group === null) {
    groups.delete(record.groupId)
    return
  }
  if (record.kind === 'group') restore(group, record.group!)
  else if (record.position === null) group.offsets.remove(record.partition)
  else {
    const written = { ...record.partition, ...record.position, sequence: offset }
    if (producerId >= 0) group.offsets.stage(producerId, written)
    else group.offsets.commit(written)
  }
  // A tombstone alone makes no group.
  if (record.kind === 'group' || record.position !== null) groups.set(record.groupId, group)
}

function restore(group: Group, metadata: GroupMetadata): void {
  const { protocolType, protocol, generation, leader, currentStateTimestamp, members } = metadata
  group.protocolType = protocolType === '' ? null : protocolType
  group.protocolName = protocol
  group.generation = generation
  group.leader = leader
  group.members.clear()
  for (const member of members) group.members.set(member.memberId, memberOf(group, member))
  group.state = members.length === 0 ? 'Empty' : 'Stable'
  group.stateSince = currentStateTimestamp
  group.subscribed = subscribedTopics(group)
}

/** What a member asked for besides the chosen protocol is not written, so it is not known any more. */
function memberOf(group: Group, written: GroupMetadata['members'][number]): Member {
  const { memberId, groupInstanceId, clientId, clientHost, sessionTimeout, rebalanceTimeout } = written
  const member = new Member(memberId, {
    instanceId: groupInstanceId,
    clientId,
    clientHost,
    sessionTimeout,
    rebalanceTimeout,
    protocols: group.protocolName === null ? [] : [{ name: group.protocolName, metadata: written.subscription }],
  })
  member.assignment = written.assignment
  return member
}
