/** What is answered to members of groups, right and wrong. */
import { DeleteGroups, DescribeGroups, type JoinGroup } from '../../../src/wire/apis/index.ts'
import { errorName } from '../../../src/wire/errors.ts'
import type { Response } from '../../../src/wire/schema.ts'
import type { Session } from './session.ts'

const nobody = { memberId: '', generationId: -1 }

function seen(joined: Response<typeof JoinGroup>): unknown[] {
  const { errorCode, generationId, protocolName, protocolType, members, skipAssignment } = joined
  return [errorName(errorCode), generationId, protocolType, protocolName, members.length, skipAssignment]
}

export async function oneMember(session: Session): Promise<void> {
  await session.findCoordinator('one', 0)
  const first = await session.join('', 'one')
  await session.note('first join', errorName(first.errorCode))
  const joined = await session.join(first.memberId, 'one')
  await session.note('second join', [...seen(joined), joined.leader === first.memberId])
  const member = { memberId: joined.memberId, generationId: joined.generationId }
  const older = { ...member, generationId: member.generationId - 1 }
  const unknown = { ...member, memberId: 'unknown' }
  for (const [name, options] of [
    ['unknown', {}],
    ['', { sessionTimeoutMs: 100 }],
  ] as const) {
    await session.note(`join of '${name}'`, seen(await session.join(name, 'one', options)))
  }
  await session.note('join of nothing', seen(await session.join('', '')))
  await session.note('join of an unknown group', seen(await session.join('unknown', 'unknown')))
  for (const [name, who] of [
    ['itself', member],
    ['an older one', older],
    ['a stranger', unknown],
  ] as const) {
    await session.note(`heartbeat of ${name}, unassigned`, session.heartbeat('one', who))
    await session.note(`commit of ${name}, unassigned`, session.commit('one', who))
  }
  await session.note('sync of another protocol', session.sync('one', member, 'sticky'))
  await session.note('sync of an older one', session.sync('one', older))
  await session.note('sync', session.sync('one', member))
  await session.note('sync again', session.sync('one', member))
  for (const [name, who] of [
    ['itself', member],
    ['an older one', older],
    ['a stranger', unknown],
    ['nobody', nobody],
  ] as const) {
    await session.note(`heartbeat of ${name}`, session.heartbeat('one', who))
    await session.note(`commit of ${name}`, session.commit('one', who))
  }
  await session.note('commit in an unknown topic', session.commit('one', member, 'absent'))
  await afterwards(session, member)
}

async function afterwards(session: Session, member: { memberId: string; generationId: number }): Promise<void> {
  await session.note('described', described(session))
  await session.note('deleted too early', deleted(session))
  await session.note('a stranger leaves', session.leave('one', 'unknown'))
  await session.note('an unknown instance leaves', session.leave('one', '', 'unknown'))
  await session.note('leaves', session.leave('one', member.memberId))
  await session.note('leaves again', session.leave('one', member.memberId))
  await session.note('heartbeat', session.heartbeat('one', member))
  await session.note('commit of a former member', session.commit('one', member))
  await session.note('commit of nobody', session.commit('one', nobody))
  await session.note('commit in an unknown group', session.commit('unknown too', { ...member }))
  await session.note('commit of nobody in an unknown group', session.commit('unknown three', nobody))
  await session.note('deleted', deleted(session))
}

async function described(session: Session): Promise<unknown> {
  const answers: unknown[] = []
  for (const version of [5, 6]) {
    const body = { groups: ['one', 'unknown'], includeAuthorizedOperations: false }
    const { groups } = await session.client.send(DescribeGroups, version, body)
    for (const { errorCode, groupState, protocolType, protocolData, members } of groups) {
      answers.push([errorName(errorCode), groupState, protocolType, protocolData, members.length])
    }
  }
  return answers
}

async function deleted(session: Session): Promise<unknown> {
  const { results } = await session.client.send(DeleteGroups, 2, { groupsNames: ['one', 'unknown'] })
  return results.map(({ errorCode }) => errorName(errorCode)).sort()
}

export async function staticMember(session: Session): Promise<void> {
  await session.findCoordinator('static', 0)
  const instanceId = 'instance'
  const first = await session.join('', 'static', { instanceId })
  await session.note('join', seen(first))
  await session.note('sync', session.sync('static', { ...first, instanceId }))
  const second = await session.join('', 'static', { instanceId })
  await session.note('returns', [
    ...seen(second),
    second.leader === second.memberId,
    second.memberId === first.memberId,
  ])
  const third = await session.join('', 'static', { instanceId, version: 8, metadata: 'other' })
  await session.note('returns, version 8', [...seen(third), third.leader === second.memberId])
  await session.note('keeps what it had', session.sync('static', { ...third, instanceId }))
  await session.note('former heartbeat', session.heartbeat('static', { ...first, instanceId }))
  await session.note('former heartbeat without its name', session.heartbeat('static', { ...first }))
  const joined = await session.join(third.memberId, 'static', { instanceId, metadata: 'third' })
  await session.note('joins with other metadata', seen(joined).slice(0, 2))
}
