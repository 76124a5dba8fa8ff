/** Groups of one member each, so that no answer waits for somebody else. */
import type { Random } from '../../src/random.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import { chance, pick } from '../fuzz/random-message.ts'
import type { Member } from '../kafka/differential/session.ts'
import { type Operation, operation } from './operation.ts'
import { seen } from './seen.ts'
import type { World } from './world.ts'

const groups = ['dynamic', 'static'] as const
type GroupName = (typeof groups)[number]

const generationChange = (random: Random): number => (chance(random, 0.85) ? 0 : pick(random, [-1, 1]))
/** Nobody is given up while a script runs. */
export const patient = { sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 60_000 } as const
const nobody: Member = { memberId: '', generationId: -1 }

function memberOf(world: World, group: GroupName, more = 0): Member {
  const known = world.members.get(group) ?? { memberId: 'nobody', generationId: 0 }
  const instance = group === 'static' ? { instanceId: 'instance' } : {}
  return { ...known, generationId: known.generationId + more, ...instance }
}

export const groupOperations: Readonly<Record<string, Operation>> = {
  join: operation({
    weight: 6,
    choose: (random) => ({
      group: pick(random, groups),
      version: pick(random, [3, 5, 7, 9]),
      isNew: chance(random, 0.4),
      metadata: pick(random, ['m', 'n']),
    }),
    perform: join,
  }),
  sync: operation({
    weight: 5,
    choose: (random) => ({ group: pick(random, groups), more: generationChange(random) }),
    perform: (world, { group, more }) => world.session.sync(world.nameOf(group), memberOf(world, group, more)),
  }),
  heartbeat: operation({
    weight: 4,
    choose: (random) => ({ group: pick(random, groups), more: generationChange(random) }),
    perform: (world, { group, more }) => world.session.heartbeat(world.nameOf(group), memberOf(world, group, more)),
  }),
  commit: operation({
    weight: 5,
    choose: (random) => ({
      group: pick(random, [...groups, 'free']),
      more: generationChange(random),
      asNobody: chance(random, 0.3),
    }),
    perform(world, { group, more, asNobody }) {
      const isFree = group === 'free' || asNobody
      return world.session.commit(world.nameOf(group), isFree ? nobody : memberOf(world, group as GroupName, more))
    },
  }),
  positions: operation({
    weight: 5,
    choose: (random) => ({ group: pick(random, [...groups, 'free', 'unknown']) }),
    perform: (world, { group }) => world.session.positions(world.nameOf(group), false),
  }),
  leave: operation({
    weight: 2,
    choose: (random) => ({ group: pick(random, groups), byName: chance(random, 0.3) }),
    perform(world, { group, byName }) {
      const { memberId, instanceId = null } = memberOf(world, group)
      return world.session.leave(world.nameOf(group), byName ? '' : memberId, instanceId)
    },
  }),
  describe: operation({
    weight: 3,
    choose: (random) => ({ group: pick(random, [...groups, 'free', 'unknown']), version: pick(random, [4, 5, 6]) }),
    perform: described,
  }),
  deleteGroup: operation({
    weight: 1,
    choose: (random) => ({ group: pick(random, [...groups, 'free', 'unknown']) }),
    async perform(world, { group }) {
      const { results } = await world.session.client.send(apis.DeleteGroups, 2, { groupsNames: [world.nameOf(group)] })
      if (results[0]!.errorCode === 0) world.joined.delete(group)
      return results.map(({ errorCode }) => errorName(errorCode))
    },
  }),
}

async function join(
  world: World,
  choices: { readonly group: GroupName; readonly version: number; readonly isNew: boolean; readonly metadata: string },
): Promise<unknown> {
  const { group, metadata } = choices
  const instanceId = group === 'static' ? 'instance' : null
  // Versions before 5 know no static members.
  const version = instanceId === null ? choices.version : Math.max(5, choices.version)
  const known = world.members.get(group)
  // A second member would have to wait for the first.
  const memberId = known !== undefined && (instanceId === null || !choices.isNew) ? known.memberId : ''
  const answer = await world.session.join(memberId, world.nameOf(group), { version, instanceId, metadata, ...patient })
  const { errorCode, generationId, protocolType, protocolName, members, skipAssignment } = answer
  // Who is not known to a group that is not there does not make it.
  if (errorName(errorCode) !== 'UNKNOWN_MEMBER_ID') world.joined.add(group)
  await seen(world, group)
  if (answer.memberId !== '') world.members.set(group, { memberId: answer.memberId, generationId })
  if (errorName(errorCode) === 'UNKNOWN_MEMBER_ID') world.members.delete(group)
  const leads = answer.leader === answer.memberId
  return [errorName(errorCode), generationId, protocolType, protocolName, members.length, skipAssignment, leads]
}

async function described(
  world: World,
  choices: { readonly group: string; readonly version: number },
): Promise<unknown> {
  const body = { groups: [world.nameOf(choices.group)], includeAuthorizedOperations: false }
  const { groups: found } = await world.session.client.send(apis.DescribeGroups, choices.version, body)
  return found.map(({ errorCode, groupState, protocolType, protocolData, members }) => [
    errorName(errorCode),
    groupState,
    protocolType,
    protocolData,
    members.map(({ groupInstanceId, memberAssignment }) => [groupInstanceId, memberAssignment.toString('latin1')]),
  ])
}
