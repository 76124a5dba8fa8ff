import { describe, expect, it } from 'vitest'
import type { GroupMember } from '../../../src/kafka/port.ts'
import {
  assignTasks,
  copiesIn,
  decodeAssignmentData,
  decodeMemberData,
  encodeMemberData,
  placeAmong,
} from '../../../src/runtime/group/assign.ts'
import { copyTerms } from '../../../src/runtime/group/placement.ts'
import { listLags, listTasks } from '../../../src/runtime/group/task-lists.ts'
import type { TaskDescription } from '../../../src/runtime/plan.ts'

function tasksOf(...counts: number[]): TaskDescription[] {
  return counts.flatMap((count, id) =>
    Array.from({ length: count }, (_, partition) => ({
      id: `${id}_${partition}`,
      subTopology: { id, name: `topic-${id}`, sources: [], nodes: [], stores: [], reentries: [], copartitioned: [] },
      partition,
      inputs: [{ topic: `topic-${id}`, partition, source: 0 }],
      reentries: [],
    })),
  )
}

function member(memberId: string, owned: readonly TaskDescription[] = []): GroupMember {
  return {
    memberId,
    instanceId: null,
    topics: [],
    owned: owned.flatMap((task) => task.inputs),
    userData: Buffer.alloc(0),
  }
}

const terms = { ...copyTerms(), sizes: new Map<string, number>() }

function placeTasks(
  tasks: readonly TaskDescription[],
  members: readonly GroupMember[],
): ReadonlyMap<string, readonly TaskDescription[]> {
  return placeAmong(tasks, members, members, terms).actives
}

function ids(placed: ReadonlyMap<string, readonly TaskDescription[]>): Record<string, string[]> {
  return Object.fromEntries([...placed].map(([id, tasks]) => [id, tasks.map((task) => task.id)]))
}

describe('placing tasks', () => {
  it('balances every sub-topology by itself', () => {
    const placed = placeTasks(tasksOf(6, 6), [member('a'), member('b')])
    for (const held of placed.values()) {
      expect(held.filter((task) => task.subTopology.id === 0)).toHaveLength(3)
      expect(held.filter((task) => task.subTopology.id === 1)).toHaveLength(3)
    }
  })

  it('spreads what does not divide over those with least', () => {
    const placed = placeTasks(tasksOf(3, 3), [member('a'), member('b')])
    expect([...placed.values()].map((held) => held.length)).toEqual([3, 3])
  })

  it('leaves tasks where they are', () => {
    const tasks = tasksOf(4)
    const before = { a: [tasks[1]!, tasks[3]!], b: [tasks[0]!, tasks[2]!] }
    expect(ids(placeTasks(tasks, [member('a', before.a), member('b', before.b)]))).toEqual({
      a: ['0_1', '0_3'],
      b: ['0_0', '0_2'],
    })
  })

  it('takes a task away in one generation and hands it over in the next', () => {
    const tasks = tasksOf(4)
    const first = placeTasks(tasks, [member('a', tasks), member('b')])
    expect(ids(first)).toEqual({ a: ['0_0', '0_1'], b: [] })
    const second = placeTasks(tasks, [member('a', first.get('a')!), member('b')])
    expect(ids(second)).toEqual({ a: ['0_0', '0_1'], b: ['0_2', '0_3'] })
  })

  it('never gives a task to two members, and every task to one once nothing moves', () => {
    const tasks = tasksOf(7, 3)
    let members = [member('a'), member('b'), member('c')]
    for (let round = 0; round < 3; round++) {
      const placed = placeTasks(tasks, members)
      const all = [...placed.values()].flat().map((task) => task.id)
      expect(new Set(all).size).toBe(all.length)
      members = members.map(({ memberId }) => member(memberId, placed.get(memberId)!))
      if (round > 0) expect(all).toHaveLength(tasks.length)
    }
  })

  it('gives the tasks of a member that left to the others', () => {
    const tasks = tasksOf(4)
    const placed = placeTasks(tasks, [member('a', tasks.slice(0, 2))])
    expect(ids(placed)).toEqual({ a: ['0_0', '0_1', '0_2', '0_3'] })
  })
})

describe('what a task reads beside its inputs', () => {
  it('is assigned with it', () => {
    const tasks = tasksOf(2).map((task) => {
      const { partition } = task
      return { ...task, reentries: [{ topic: 'app.redrive.topic-0', partition, sources: ['topic-0'] }] }
    })
    const members = ['a', 'b'].map((id) => ({
      ...member(id),
      userData: encodeMemberData({ transactionalId: id, hash: 'h', isBounded: false, runId: null }),
    }))
    const given = assignTasks(tasks, members, 'h', { runId: null, departed: [] }, terms)
    expect([...given.values()].map(({ partitions }) => partitions)).toEqual(
      [0, 1].map((partition) => [
        { topic: 'topic-0', partition },
        { topic: 'app.redrive.topic-0', partition },
      ]),
    )
  })
})

describe('a member that holds what is to be given up', () => {
  it('is told so: whoever has taken its place asks for the round in which others get that', () => {
    const tasks = tasksOf(2)
    const able = (each: GroupMember): GroupMember => ({
      ...each,
      userData: encodeMemberData({ transactionalId: each.memberId, hash: 'h', isBounded: false, runId: null }),
    })
    const told = (members: readonly GroupMember[]) =>
      [...assignTasks(tasks, members, 'h', { runId: null, departed: [] }, terms).values()].map(
        ({ userData }) => decodeAssignmentData(Buffer.from(userData)).givesUp,
      )
    expect(told([able(member('a', tasks)), able(member('b'))])).toEqual([true, undefined])
    expect(told([able(member('a', tasks.slice(0, 1))), able(member('b'))])).toEqual([undefined, undefined])
  })
})

describe('while a new topology is rolled out', () => {
  it('tasks go to those only who run the same one as the leader, in two steps as ever', () => {
    const tasks = tasksOf(2)
    const running = (each: GroupMember, hash: string): GroupMember => ({
      ...each,
      userData: encodeMemberData({ transactionalId: each.memberId, hash, isBounded: false, runId: null }),
    })
    const given = (members: readonly GroupMember[]): Record<string, number[]> =>
      Object.fromEntries(
        [...assignTasks(tasks, members, 'new', { runId: null, departed: [] }, terms)].map(([id, { partitions }]) => [
          id,
          partitions.map(({ partition }) => partition),
        ]),
      )
    const leader = running(member('leader'), 'new')
    expect(given([leader, running(member('old', tasks), 'old')])).toEqual({ leader: [], old: [] })
    expect(given([leader, running(member('old'), 'old')])).toEqual({ leader: [0, 1], old: [] })
  })
})

describe('what members tell each other', () => {
  it('comes back as it was said', () => {
    const data = { transactionalId: 'flights-a-0', hash: 'abc', isBounded: true, runId: 'r1' }
    expect(decodeMemberData(encodeMemberData(data))).toEqual(data)
  })

  it('copies are wanted of tasks by their names, whatever these are', () => {
    const data = {
      runId: null,
      departed: [],
      standbys: listTasks(['a-b-0', 'a-b-12', 'c-3']),
      warmUps: listTasks(['d-1']),
    }
    expect(copiesIn(decodeAssignmentData(Buffer.from(JSON.stringify(data))))).toEqual(
      new Map([
        ['a-b-0', 'standby'],
        ['a-b-12', 'standby'],
        ['c-3', 'standby'],
        ['d-1', 'warm-up'],
      ]),
    )
  })

  it('a member tells of the copies that are nearest only: what a group may say is bounded', () => {
    const lags = new Map(Array.from({ length: 5_000 }, (_, index) => [`flights-${index}`, 1_000_000 - index] as const))
    const lagging = { transactionalId: 'a', hash: 'b', isBounded: false, runId: null, lags: listLags(lags) }
    const bytes = encodeMemberData(lagging)
    expect(bytes.length).toBeLessThan(16_384)
    expect(decodeMemberData(bytes).lags!.flights).toContainEqual([4_999, 995_001])
  })

  it.each(['', '{', 'null', '[]'])('a member that says %j says nothing', (text) => {
    expect(decodeMemberData(Buffer.from(text)).transactionalId).toBe('')
    expect(decodeAssignmentData(Buffer.from(text))).toMatchObject({ runId: null, departed: [] })
  })
})
