/** Where tasks run and where copies of their state are kept: a table of situations, then what holds in all of them. */
import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { PlacedMember } from '../../../src/runtime/group/holdings.ts'
import { type CopyTerms, copyTerms, type Placement, place } from '../../../src/runtime/group/placement.ts'
import type { TaskDescription } from '../../../src/runtime/plan.ts'
import type { GraphStore } from '../../../src/topology/graph.ts'

const large = 1_000_000

function tasksOf(name: string, count: number, stores = 1): TaskDescription[] {
  return Array.from({ length: count }, (_, partition) => ({
    id: `${name}-${partition}`,
    subTopology: {
      id: name.charCodeAt(0),
      name,
      sources: [],
      nodes: [],
      stores: Array.from({ length: stores }, () => ({ name: 'store', changelog: 'changelog' }) as GraphStore),
      reentries: [],
      copartitioned: [],
    },
    partition,
    inputs: [{ topic: name, partition, source: 0 }],
    reentries: [],
  }))
}

interface Situation {
  /** Members, each with its threads' process in front: `a/1` is a thread of `a`. */
  readonly members: Readonly<
    Record<string, { readonly owns?: readonly string[]; readonly lags?: Record<string, number> }>
  >
  readonly sharesRows?: boolean
  readonly terms?: Partial<CopyTerms>
  readonly size?: number
  readonly tasks?: readonly TaskDescription[]
}

interface Placed {
  readonly actives: Record<string, string[]>
  readonly standbys: Record<string, string[]>
  readonly warmUps: Record<string, string[]>
}

function placed({ members, sharesRows = false, terms, size = large, tasks = tasksOf('t', 2) }: Situation): Placed {
  const list = Object.entries(members).map(([id, { lags = {} }]): PlacedMember => {
    return { id, instance: id.split('/')[0]!, sharesRows, lags: new Map(Object.entries(lags)) }
  })
  const owners = new Map(
    Object.entries(members).flatMap(([id, { owns = [] }]) => owns.map((task) => [task, id] as const)),
  )
  const sizes = new Map(tasks.map((task) => [task.id, task.subTopology.stores.length > 0 ? size : 0]))
  return named(place(tasks, list, owners, { ...copyTerms(terms), sizes }))
}

function named({ actives, standbys, warmUps }: Placement): Placed {
  const names = (lists: ReadonlyMap<string, readonly TaskDescription[]>): Record<string, string[]> =>
    Object.fromEntries([...lists].flatMap(([id, list]) => (list.length > 0 ? [[id, list.map((task) => task.id)]] : [])))
  return { actives: names(actives), standbys: names(standbys), warmUps: names(warmUps) }
}

const situations: readonly (readonly [string, Situation, Placed])[] = [
  [
    'a first start spreads tasks, nothing is to be copied',
    { members: { a: {}, b: {} }, size: 0 },
    { actives: { a: ['t-0'], b: ['t-1'] }, standbys: {}, warmUps: {} },
  ],
  [
    'a small state moves at once: it is taken away first',
    { members: { a: { owns: ['t-0', 't-1'] }, b: {} }, size: 10_000 },
    { actives: { a: ['t-0'] }, standbys: {}, warmUps: {} },
  ],
  [
    'a large state stays where it is while a copy fills where it is to move',
    { members: { a: { owns: ['t-0', 't-1'] }, b: {} }, size: 10_001 },
    { actives: { a: ['t-0', 't-1'] }, standbys: {}, warmUps: { b: ['t-1'] } },
  ],
  [
    'a copy that has caught up takes the task: its owner gives it up first, and the copy goes on',
    { members: { a: { owns: ['t-0', 't-1'] }, b: { lags: { 't-1': 10_000 } } } },
    { actives: { a: ['t-0'] }, standbys: {}, warmUps: { b: ['t-1'] } },
  ],
  [
    'and gets it in the next generation',
    { members: { a: { owns: ['t-0'], lags: { 't-1': 0 } }, b: { lags: { 't-1': 3 } } } },
    { actives: { a: ['t-0'], b: ['t-1'] }, standbys: {}, warmUps: {} },
  ],
  [
    'what moves is what there is a copy of',
    { members: { a: { owns: ['t-0', 't-1'] }, b: { lags: { 't-0': 5 } } } },
    { actives: { a: ['t-1'] }, standbys: {}, warmUps: { b: ['t-0'] } },
  ],
  [
    'no more than two copies fill at once, those first that are under way',
    {
      tasks: tasksOf('t', 8),
      members: { a: { owns: tasksOf('t', 8).map(({ id }) => id) }, b: { lags: { 't-6': 500_000 } } },
    },
    { actives: { a: tasksOf('t', 8).map(({ id }) => id) }, standbys: {}, warmUps: { b: ['t-4', 't-6'] } },
  ],
  [
    'who has a standby that is caught up takes over from one that is gone',
    { members: { b: { owns: ['t-1'], lags: { 't-0': 12 } }, c: { owns: [] } }, terms: { standbys: 1 } },
    { actives: { b: ['t-0', 't-1'] }, standbys: { c: ['t-1'] }, warmUps: { c: ['t-0'] } },
  ],
  [
    'nobody is caught up: the one that lacks least runs it, whoever is meant to',
    {
      tasks: tasksOf('t', 3),
      members: { a: { owns: ['t-0'], lags: { 't-1': 20_000, 't-2': 30_000 } }, b: { lags: { 't-1': 40_000 } }, c: {} },
    },
    { actives: { a: ['t-0', 't-1', 't-2'] }, standbys: {}, warmUps: { b: ['t-1'], c: ['t-2'] } },
  ],
  [
    'an owner that is still restoring keeps a task only where most of it is there',
    { members: { a: { owns: ['t-0', 't-1'], lags: { 't-0': 900_000, 't-1': 600_000 } }, b: {} } },
    { actives: { a: ['t-0'] }, standbys: {}, warmUps: {} },
  ],
  [
    'with more than half of it there it stays',
    { members: { a: { owns: ['t-0', 't-1'], lags: { 't-0': 400_000, 't-1': 400_000 } }, b: {} } },
    { actives: { a: ['t-0', 't-1'] }, standbys: {}, warmUps: { b: ['t-1'] } },
  ],
  [
    'a standby is in another process than its task, whatever threads there are',
    { members: { 'a/0': { owns: ['t-0'] }, 'a/1': { owns: ['t-1'] } }, terms: { standbys: 1 } },
    { actives: { 'a/0': ['t-0'], 'a/1': ['t-1'] }, standbys: {}, warmUps: {} },
  ],
  [
    'standbys are shared out evenly, as many as there are other processes at most',
    {
      members: { a: { owns: ['t-0'] }, b: { owns: ['t-1'] }, c: {} },
      terms: { standbys: 5 },
      size: 0,
    },
    { actives: { a: ['t-0'], b: ['t-1'] }, standbys: { a: ['t-1'], b: ['t-0'], c: ['t-0', 't-1'] }, warmUps: {} },
  ],
  [
    'a standby stays where it is',
    {
      tasks: tasksOf('t', 3),
      members: {
        a: { owns: ['t-0'], lags: { 't-2': 0 } },
        b: { owns: ['t-1'], lags: { 't-0': 0 } },
        c: { owns: ['t-2'], lags: { 't-1': 7 } },
      },
      terms: { standbys: 1 },
    },
    { actives: { a: ['t-0'], b: ['t-1'], c: ['t-2'] }, standbys: { a: ['t-2'], b: ['t-0'], c: ['t-1'] }, warmUps: {} },
  ],
  [
    'threads that share a disk hand tasks on without a copy',
    { members: { 'a/0': { owns: ['t-0', 't-1'] }, 'a/1': {} }, sharesRows: true },
    { actives: { 'a/0': ['t-0'] }, standbys: {}, warmUps: {} },
  ],
  [
    'and the one that keeps the copy of a task that is homeless gets it, since it has the rows in use',
    { members: { 'a/0': {}, 'a/1': { lags: { 't-0': 3, 't-1': 3 } } }, sharesRows: true },
    { actives: { 'a/1': ['t-0', 't-1'] }, standbys: {}, warmUps: {} },
  ],
  [
    'threads that do not fill one',
    { members: { 'a/0': { owns: ['t-0', 't-1'] }, 'a/1': {} } },
    { actives: { 'a/0': ['t-0', 't-1'] }, standbys: {}, warmUps: { 'a/1': ['t-1'] } },
  ],
  [
    'tasks without state move at once, to who has least to do',
    {
      tasks: [...tasksOf('t', 2), ...tasksOf('u', 2, 0)],
      members: { a: { owns: ['t-0', 't-1', 'u-0'] }, b: { owns: ['u-1'] } },
    },
    { actives: { a: ['t-0', 't-1', 'u-0'], b: ['u-1'] }, standbys: {}, warmUps: { b: ['t-1'] } },
  ],
]

describe('placing tasks with state', () => {
  it.each(situations)('%s', (_name, situation, expected) => {
    expect(placed(situation)).toEqual(expected)
  })
})

/** Members that hold tasks, each task by one of them at most, and lags that they tell. */
const groups = fc
  .record({
    tasks: fc.integer({ min: 1, max: 12 }),
    stateless: fc.integer({ min: 0, max: 4 }),
    instances: fc.integer({ min: 1, max: 5 }),
    threads: fc.integer({ min: 1, max: 3 }),
    sharesRows: fc.boolean(),
    standbys: fc.integer({ min: 0, max: 3 }),
    warmUps: fc.integer({ min: 0, max: 3 }),
  })
  .chain((shape) => {
    const members = shape.instances * shape.threads
    const count = shape.tasks + shape.stateless
    return fc.record({
      shape: fc.constant(shape),
      owners: fc.array(fc.integer({ min: -1, max: members - 1 }), { minLength: count, maxLength: count }),
      lags: fc.array(
        fc.tuple(fc.nat(members - 1), fc.nat(shape.tasks - 1), fc.constantFrom(-1, 0, 9_000, 20_000, 700_000)),
        { maxLength: 20 },
      ),
    })
  })

type Group = typeof groups extends fc.Arbitrary<infer T> ? T : never

interface Built {
  readonly tasks: readonly TaskDescription[]
  readonly members: readonly PlacedMember[]
  readonly owners: ReadonlyMap<string, string>
  readonly terms: CopyTerms & { readonly sizes: ReadonlyMap<string, number> }
}

function built({ shape, owners, lags }: Group): Built {
  const tasks = [...tasksOf('t', shape.tasks), ...tasksOf('u', shape.stateless, 0)]
  const members = Array.from({ length: shape.instances * shape.threads }, (_, index): PlacedMember => {
    const told = lags.filter(([member]) => member === index).map(([, task, lag]) => [`t-${task}`, lag] as const)
    return {
      id: `m${index}`,
      instance: `i${index % shape.instances}`,
      sharesRows: shape.sharesRows,
      lags: new Map(told),
    }
  })
  const owned = tasks.flatMap(({ id }, index) => (owners[index]! < 0 ? [] : [[id, `m${owners[index]}`] as const]))
  return {
    tasks,
    members,
    owners: new Map(owned),
    terms: { ...copyTerms(shape), sizes: new Map(tasksOf('t', shape.tasks).map(({ id }) => [id, large])) },
  }
}

function instanceOf(members: readonly PlacedMember[], id: string): string {
  return members.find((member) => member.id === id)!.instance
}

/** What members would say next, when everything that was placed is there. */
function next({ tasks, members, terms }: Built, placement: Placement): Built {
  const owners = new Map([...placement.actives].flatMap(([id, held]) => held.map((task) => [task.id, id] as const)))
  const copied = (id: string): readonly TaskDescription[] =>
    [placement.standbys, placement.warmUps].flatMap((lists) => lists.get(id)!)
  const lagsOf = (id: string) => new Map(copied(id).map((task) => [task.id, 0] as const))
  return { tasks, terms, owners, members: members.map((member) => ({ ...member, lags: lagsOf(member.id) })) }
}

function placeBuilt({ tasks, members, owners, terms }: Built): Placement {
  return place(tasks, members, owners, terms)
}

describe('whatever the group is', () => {
  test('each task has one place, and is given to nobody while another holds it', () => {
    void fc.assert(
      fc.property(groups, (group) => {
        const { tasks, owners, ...rest } = built(group)
        const { actives, targets } = placeBuilt({ tasks, owners, ...rest })
        expect([...targets.keys()].sort()).toEqual(tasks.map(({ id }) => id).sort())
        for (const [member, held] of actives) {
          for (const { id } of held) expect([targets.get(id), owners.get(id) ?? member]).toEqual([member, member])
        }
      }),
    )
  })

  test('the copies of a task and the task itself are each in a process of their own', () => {
    void fc.assert(
      fc.property(groups, (group) => {
        const { members, owners, ...rest } = built(group)
        const { targets, standbys, warmUps } = placeBuilt({ members, owners, ...rest })
        for (const [id, target] of targets) {
          const holding = (lists: Placement['standbys']): string[] =>
            [...lists].filter(([, held]) => held.some((task) => task.id === id)).map(([member]) => member)
          const places = [target, ...holding(standbys)].map((member) => instanceOf(members, member))
          expect(new Set(places).size).toBe(places.length)
          for (const warming of holding(warmUps)) {
            // It fills where the task runs next, or elsewhere.
            if (warming === target) expect(owners.get(id) ?? target).not.toBe(target)
            expect(places.slice(1)).not.toContain(instanceOf(members, warming))
          }
          const owner = owners.get(id)
          if (!group.shape.sharesRows || owner === undefined) continue
          // Of threads that share rows one at a time may have a task's.
          const copying = [...holding(standbys), ...holding(warmUps)].filter((member) => member !== owner)
          expect(copying.map((member) => instanceOf(members, member))).not.toContain(instanceOf(members, owner))
        }
      }),
    )
  })

  test('standbys are as many as asked for, or as there are other processes, and shared out evenly', () => {
    void fc.assert(
      fc.property(groups, (group) => {
        const { members, terms, tasks, ...rest } = built(group)
        const { standbys, warmUps } = placeBuilt({ members, terms, tasks, ...rest })
        const kept = [...standbys.values()].flat().map(({ id }) => id)
        const instances = new Set(members.map(({ instance }) => instance)).size
        for (const { id } of tasks.filter(({ subTopology }) => subTopology.stores.length > 0)) {
          const warms = [...warmUps.values()].flat().filter((task) => task.id === id).length
          const copies = kept.filter((each) => each === id).length
          expect(copies).toBeLessThanOrEqual(terms.standbys)
          // A process whose threads share rows may have to wait until its own task is given up.
          const others = instances - (group.shape.sharesRows ? 2 : 1) - warms
          expect(copies).toBeGreaterThanOrEqual(Math.min(terms.standbys, others))
        }
      }),
    )
  })

  test('no more copies fill at once than may', () => {
    void fc.assert(
      fc.property(groups, (group) => {
        const all = built(group)
        const { warmUps, targets } = placeBuilt(all)
        const filled = [...warmUps].flatMap(([member, held]) => held.filter(({ id }) => targets.get(id) !== member))
        expect(filled.length).toBeLessThanOrEqual(all.terms.warmUps)
      }),
    )
  })

  test('a task that somebody at work on it holds goes to nobody who is not caught up', () => {
    void fc.assert(
      fc.property(groups, (group) => {
        const all = built(group)
        const { targets } = placeBuilt(all)
        for (const [id, owner] of all.owners) {
          const holder = all.members.find((member) => member.id === owner)!
          if (!id.startsWith('t') || (holder.lags.get(id) ?? 0) !== 0) continue
          const target = all.members.find((member) => member.id === targets.get(id))!
          const siblings = target.sharesRows
            ? all.members.filter(({ instance }) => instance === target.instance)
            : [target]
          const lags = siblings.map((each) => each.lags.get(id) ?? (each.id === owner ? 0 : large))
          expect(Math.min(...lags.map((lag) => (lag < 0 ? large : lag)))).toBeLessThanOrEqual(all.terms.acceptableLag)
        }
      }),
    )
  })

  test('it comes to rest: every task is held, evenly, and nothing moves any more', () => {
    void fc.assert(
      fc.property(groups, (group) => {
        fc.pre(group.shape.warmUps > 0)
        let all = built(group)
        let placement = placeBuilt(all)
        for (let round = 0; round < 60; round++) {
          all = next(all, placement)
          placement = placeBuilt(all)
        }
        const rested = next(all, placement)
        expect(named(placeBuilt(rested))).toEqual(named(placement))
        const counts = (prefix: string): number[] =>
          [...placement.actives.values()].map((held) => held.filter(({ id }) => id.startsWith(prefix)).length)
        for (const prefix of ['t', 'u'])
          expect(Math.max(...counts(prefix)) - Math.min(...counts(prefix))).toBeLessThanOrEqual(1)
        expect([...placement.actives.values()].flat()).toHaveLength(all.tasks.length)
        expect([...placement.warmUps.values()].flat()).toEqual([])
      }),
    )
  })
})
