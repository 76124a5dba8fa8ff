/**
 * Where tasks run and where copies of their state are kept: pure, from what the members of a group say of themselves.
 *
 * Tasks with state are balanced first. A task whose state is not where it is meant to run stays where it is, or goes to
 * who has most of it, while its state is copied there: a warm-up. Then come standbys, then tasks without state.
 */

import type { TaskDescription } from '../plan.ts'
import { balance, totalsOf } from './balance.ts'
import { Holdings, type PlacedMember } from './holdings.ts'
import { placeStandbys } from './place-standbys.ts'

/** How many copies of state there are, and when one is as good as the state itself. */
export interface CopyTerms {
  /** Copies of each task with state, beside the task itself. */
  readonly standbys: number
  /** Most copies at once that are made for tasks to move to. */
  readonly warmUps: number
  /** Changelog records that a copy may lack and still count as caught up. */
  readonly acceptableLag: number
}

export interface PlacementTerms extends CopyTerms {
  /** Changelog records of each task with state: what a member lacks that has nothing of it. */
  readonly sizes: ReadonlyMap<string, number>
}

export interface Placement {
  /** Tasks by member. A task on the move is with none: its owner gives it up first. */
  readonly actives: ReadonlyMap<string, readonly TaskDescription[]>
  /** Members by task: where each will run. */
  readonly targets: ReadonlyMap<string, string>
  /** Tasks by member whose state it keeps a copy of. */
  readonly standbys: ReadonlyMap<string, readonly TaskDescription[]>
  /** Tasks by member whose state it fills, to run them once it has caught up. */
  readonly warmUps: ReadonlyMap<string, readonly TaskDescription[]>
}

/** With what is not said. */
export function copyTerms({ standbys = 0, warmUps = 2, acceptableLag = 10_000 }: Partial<CopyTerms> = {}): CopyTerms {
  return { standbys, warmUps, acceptableLag }
}

/**
 * Places every task with one member, and the copies with others.
 * @param owners members that hold tasks at present, also such that can't be given any
 * @example place(plan.tasks, members, new Map([['flights-0', 'a']]), { standbys: 1, warmUps: 2, acceptableLag: 10_000, sizes })
 */
export function place(
  tasks: readonly TaskDescription[],
  members: readonly PlacedMember[],
  owners: ReadonlyMap<string, string>,
  terms: PlacementTerms,
): Placement {
  if (members.length === 0) return { actives: new Map(), targets: new Map(), standbys: new Map(), warmUps: new Map() }
  const holdings = new Holdings(members, owners, terms.sizes)
  const stateful = tasks.filter(hasState)
  const stateless = tasks.filter((task) => !hasState(task))
  const intended = balance(stateful, members, holdings, new Map())
  const targets = new Map(
    stateful.map(({ id }) => {
      const present = presentPlace(id, intended.get(id)!, holdings, members, terms)
      return [id, holdings.keeper(id, present)] as const
    }),
  )
  const warmUps = chooseWarmUps(stateful, intended, targets, holdings, terms)
  const standbys = placeStandbys(stateful, members, { targets, warmUps, holdings, copies: terms.standbys })
  for (const [task, member] of balance(stateless, members, holdings, totalsOf(targets))) targets.set(task, member)
  const givable = tasks.filter(({ id }) => (owners.get(id) ?? targets.get(id)) === targets.get(id))
  // Who waits for a task that its owner is giving up keeps its copy until then.
  const isAwaited = (task: TaskDescription): boolean =>
    !givable.includes(task) && holdings.has(task.id, targets.get(task.id)!)
  const filled = (task: TaskDescription): string[] => {
    const members = [warmUps.get(task.id), isAwaited(task) ? targets.get(task.id) : undefined]
    return members.filter((member) => member !== undefined && holdings.mayCopy(task.id, member)) as string[]
  }
  return {
    actives: byMember(members, givable, ({ id }) => [targets.get(id)!]),
    targets,
    standbys: byMember(members, stateful, ({ id }) => standbys.get(id)!),
    warmUps: byMember(members, stateful, filled),
  }
}

function hasState({ subTopology }: TaskDescription): boolean {
  return subTopology.stores.length > 0
}

/** Where a task runs for now: where it is meant to, unless its state is there too late. */
function presentPlace(
  id: string,
  intended: string,
  holdings: Holdings,
  members: readonly PlacedMember[],
  { acceptableLag }: PlacementTerms,
): string {
  const lag = (member: string): number => holdings.lag(id, member)
  if (lag(intended) <= acceptableLag) return intended
  const owner = holdings.ownerOf(id)
  // It is at work: nothing that is only ready to work is better.
  if (owner !== undefined && lag(owner) <= acceptableLag) return owner
  const best = members
    .map((member) => member.id)
    .reduce((least, one) => (lag(one) < lag(least) ? one : least), intended)
  if (lag(best) <= acceptableLag || best !== owner) return best
  // Nobody works at the task, which is being restored where it is not to stay: worth it where most of it is there.
  return lag(best) * 2 <= lag(intended) ? best : intended
}

/** By task. Those that are nearest to their end go first, so that what was begun is not begun again elsewhere. */
function chooseWarmUps(
  tasks: readonly TaskDescription[],
  intended: ReadonlyMap<string, string>,
  targets: ReadonlyMap<string, string>,
  holdings: Holdings,
  { warmUps }: PlacementTerms,
): Map<string, string> {
  const moving = tasks.filter(({ id }) => {
    const [from, to] = [targets.get(id)!, intended.get(id)!]
    return from !== to && !holdings.areOne(from, to) && holdings.mayCopy(id, to)
  })
  const missing = ({ id }: TaskDescription): number => holdings.lag(id, intended.get(id)!)
  const isBegun = ({ id }: TaskDescription): number => (holdings.has(id, intended.get(id)!) ? 0 : 1)
  const nearest = moving.toSorted((one, other) => isBegun(one) - isBegun(other) || missing(one) - missing(other))
  return new Map(nearest.slice(0, warmUps).map(({ id }) => [id, intended.get(id)!]))
}

function byMember(
  members: readonly PlacedMember[],
  tasks: readonly TaskDescription[],
  placesOf: (task: TaskDescription) => readonly string[],
): Map<string, TaskDescription[]> {
  const lists = new Map<string, TaskDescription[]>(members.map(({ id }) => [id, []]))
  for (const task of tasks) for (const member of placesOf(task)) lists.get(member)!.push(task)
  return lists
}
