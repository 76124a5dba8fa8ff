/** Lists of what there is, and positions that are deleted. */
import type { Random } from '../../src/random.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import { chance, pick } from '../fuzz/random-message.ts'
import { type Operation, operation } from './operation.ts'
import { seen } from './seen.ts'
import type { World } from './world.ts'

const groups = ['dynamic', 'static', 'pair', 'free', 'unknown'] as const
const states = ['', '', 'Stable', 'stable', 'Empty', 'PreparingRebalance', 'NoSuchState']
const transactionStates = ['', '', 'Ongoing', 'Empty', 'CompleteCommit', 'CompleteAbort', 'ongoing', 'NoSuchState']

const only = (text: string): string[] => (text === '' ? [] : [text])

export const listOperations: Readonly<Record<string, Operation>> = {
  listGroups: operation({
    weight: 2,
    choose: (random) => ({
      version: pick(random, [0, 2, 3, 4, 5]),
      state: pick(random, states),
      type: pick(random, ['', '', 'classic', 'Consumer', 'none']),
    }),
    perform: listedGroups,
  }),
  listTransactions: operation({
    weight: 2,
    choose: (random) => ({
      version: pick(random, [0, 1, 2]),
      state: pick(random, transactionStates),
      longest: pick(random, [-1, 1_000_000]),
      isMine: chance(random, 0.3),
    }),
    perform: listedTransactions,
  }),
  deletePositions: operation({
    weight: 2,
    choose: (random: Random) => ({ group: pick(random, groups), partition: pick(random, [0, 0, 1, 9]) }),
    async perform(world, { group, partition: partitionIndex }) {
      const topics = [{ name: world.session.topic, partitions: [{ partitionIndex }] }]
      const answer = await world.session.client.send(apis.OffsetDelete, 0, { groupId: world.nameOf(group), topics })
      return [
        errorName(answer.errorCode),
        answer.topics.flatMap(({ partitions }) => partitions.map((each) => errorName(each.errorCode))),
      ]
    },
  }),
}

async function listedGroups(
  world: World,
  choices: { readonly version: number; readonly state: string; readonly type: string },
): Promise<unknown> {
  const { version, state, type } = choices
  for (const group of groups) await seen(world, group)
  const filters = {
    ...(version >= 4 && { statesFilter: only(state) }),
    ...(version >= 5 && { typesFilter: only(type) }),
  }
  const answer = await world.session.client.send(apis.ListGroups, version, filters)
  const ours = answer.groups.filter(({ groupId }) => groupId.startsWith(world.nameOf('')))
  return [
    errorName(answer.errorCode),
    ours.map((each) => [each.groupId, each.protocolType, each.groupState, each.groupType].join(' ')).sort(),
  ]
}

async function listedTransactions(
  world: World,
  choices: { readonly version: number; readonly state: string; readonly longest: number; readonly isMine: boolean },
): Promise<unknown> {
  const { version, state, longest, isMine } = choices
  const mine = world.producers.get('a')
  const answer = await world.session.client.send(apis.ListTransactions, version, {
    stateFilters: only(state),
    producerIdFilters: isMine && mine !== undefined ? [mine.producerId] : [],
    ...(version >= 1 && { durationFilter: longest }),
    ...(version >= 2 && { transactionalIdPattern: `${world.nameOf('')}.*` }),
  })
  const ours = answer.transactionStates.filter(({ transactionalId }) => transactionalId.startsWith(world.nameOf('')))
  return [
    errorName(answer.errorCode),
    answer.unknownStateFilters,
    ours.map((each) => `${each.transactionalId} ${world.alias(each.producerId)} ${each.transactionState}`).sort(),
  ]
}
