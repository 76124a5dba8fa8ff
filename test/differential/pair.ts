/** A group of two members, each on a connection of its own, where one has to wait for the other. */
import type { Random } from '../../src/random.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { encodeSubscription } from '../../src/wire/consumer-protocol.ts'
import { errorName } from '../../src/wire/errors.ts'
import type { Response } from '../../src/wire/schema.ts'
import { chance, pick } from '../fuzz/random-message.ts'
import type { Member } from '../kafka/differential/session.ts'
import { patient } from './groups.ts'
import { type Operation, operation } from './operation.ts'
import { producerOf } from './transactions.ts'
import type { World } from './world.ts'

type Joined = Response<typeof apis.JoinGroup>

const both = ['one', 'two'] as const
type Who = (typeof both)[number]
const whoever = (random: Random): Who => pick(random, both)
const otherThan = (who: Who): Who => (who === 'one' ? 'two' : 'one')
const generationChange = (random: Random): number => (chance(random, 0.85) ? 0 : pick(random, [-1, 1]))

export const pairOperations: Readonly<Record<string, Operation>> = {
  pairJoin: operation({
    weight: 8,
    choose: (random) => ({ who: whoever(random), topics: pick(random, ['', 'stamped']) }),
    perform: join,
  }),
  pairSync: operation({ weight: 6, choose: (random) => ({ first: whoever(random) }), perform: sync }),
  pairHeartbeat: operation({
    weight: 2,
    choose: (random) => ({ who: whoever(random), more: generationChange(random) }),
    perform: (world, { who, more }) => world.session.heartbeat(world.nameOf('pair'), memberOf(world, who, more)),
  }),
  pairCommit: operation({
    weight: 3,
    choose: (random) => ({ who: whoever(random), more: generationChange(random) }),
    perform: (world, { who, more }) => world.session.commit(world.nameOf('pair'), memberOf(world, who, more)),
  }),
  pairTransaction: operation({
    weight: 4,
    choose: (random) => ({ who: whoever(random), more: generationChange(random), id: pick(random, ['a', 'b']) }),
    perform: (world, { who, more, id }) =>
      world.session.commitInTransaction(producerOf(world, id), world.nameOf('pair'), memberOf(world, who, more)),
  }),
  pairLeave: operation({ weight: 2, choose: (random) => ({ who: whoever(random) }), perform: leave }),
}

function memberOf(world: World, who: Who, more = 0): Member {
  const { memberId, generationId } = world.members.get(`pair-${who}`) ?? { memberId: 'nobody', generationId: 0 }
  return { memberId, generationId: generationId + more }
}

async function join(world: World, choices: { readonly who: Who; readonly topics: string }): Promise<unknown> {
  const { who, topics } = choices
  if (world.waiting.has(who)) return 'waits'
  const subscription = encodeSubscription(0, { topics: [world.session.topic, topics], userData: Buffer.alloc(0) })
  const metadata = subscription.toString('latin1')
  const session = world.connectionOf(who)
  const ask = (memberId: string) => session.join(memberId, world.nameOf('pair'), { metadata, ...patient })
  const known = world.members.get(`pair-${who}`)?.memberId
  const memberId = known ?? (await ask('')).memberId
  world.joined.add('pair')
  const answer = ask(memberId)
  // Whoever still waits when the script ends is not heard of again.
  answer.catch(() => {})
  world.waiting.set(who, { memberId, answer })
  // An empty group is called together too, but its first member waits for nobody.
  const isAlone = !world.members.has(`pair-${otherThan(who)}`)
  if (!isAlone && world.waiting.size < both.length && (await waits(world, answer))) return 'waits'
  return answersOf(world)
}

/** Until it is answered or the group calls for the other one. */
async function waits(world: World, answer: Promise<unknown>): Promise<boolean> {
  let isAnswered = false
  const heard = (): void => {
    isAnswered = true
  }
  const answered = answer.then(heard, heard)
  const body = { groups: [world.nameOf('pair')], includeAuthorizedOperations: false }
  while (!isAnswered) {
    const described = await world.session.client.send(apis.DescribeGroups, 5, body)
    if (described.groups[0]!.groupState === 'PreparingRebalance') return true
    await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 2))])
  }
  return false
}

/** Hears everybody who has waited. */
async function answersOf(world: World): Promise<unknown[]> {
  const told: unknown[] = []
  for (const who of both) {
    const answer = await world.waiting.get(who)?.answer
    if (answer === undefined) continue
    world.waiting.delete(who)
    told.push([who, ...learnt(world, who, answer)])
  }
  return told
}

function learnt(world: World, who: Who, answer: Joined): unknown[] {
  const { errorCode: code, memberId, generationId, members, leader, protocolName } = answer
  if (code === 0) world.members.set(`pair-${who}`, { memberId, generationId })
  else world.members.delete(`pair-${who}`)
  return [errorName(code), generationId, members.length, leader === memberId, protocolName]
}

/** Both ask, for a follower waits for its leader. */
async function sync(world: World, { first }: { readonly first: Who }): Promise<unknown> {
  const asking = [first, otherThan(first)].filter((who) => !world.waiting.has(who) && world.members.has(`pair-${who}`))
  return Promise.all(
    asking.map(async (who) => [who, await world.connectionOf(who).sync(world.nameOf('pair'), memberOf(world, who))]),
  )
}

async function leave(world: World, { who }: { readonly who: Who }): Promise<unknown> {
  const memberId = world.waiting.get(who)?.memberId ?? memberOf(world, who).memberId
  const answer = await world.session.leave(world.nameOf('pair'), memberId)
  world.members.delete(`pair-${who}`)
  // Only where somebody has gone there is an answer for those who wait.
  return [answer, answer[1] === 'NONE' ? await answersOf(world) : []]
}
