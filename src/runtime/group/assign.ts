/**
 * Who runs which task: balanced per sub-topology, tasks stay where they are, and cooperative: a task that moves is
 * taken away in one generation and handed over in a later one (rule R7).
 */
import type { GroupMember, MemberAssignment } from '../../kafka/port.ts'
import { partitionName, type TopicPartition } from '../../record.ts'
import { partitionsRead, type TaskDescription } from '../plan.ts'
import type { PlacedMember } from './holdings.ts'
import { type Placement, type PlacementTerms, place } from './placement.ts'
import { type LagList, lagsIn, listTasks, type TaskList, tasksIn } from './task-lists.ts'

/** What a member tells the leader. */
export interface MemberData {
  readonly transactionalId: string
  /** Topology of that worker: a leader gives tasks to those only who know them as it does. */
  readonly hash: string
  /** Takes part in a bounded run. */
  readonly isBounded: boolean
  /** Of the bounded run, given by the user or by an earlier leader; null: the leader draws one. */
  readonly runId: string | null
  /** Where it answers questions about its state. */
  readonly address?: string
  /** The process that it is a thread of; absent: it is one by itself. */
  readonly instance?: string
  /** The threads of its process keep state in one place. */
  readonly sharesRows?: boolean
  /** What its copies of the state of tasks lack: standbys, warm-ups, and tasks that it is still restoring. */
  readonly lags?: LagList
}

/** What the leader tells every member. */
export interface AssignmentData {
  readonly runId: string | null
  /** Transactional ids of members that are gone: who takes over their tasks ends their transactions first (L2). */
  readonly departed: readonly string[]
  /** Where tasks can be asked for their state: ids of tasks by address. */
  readonly addresses?: Readonly<Record<string, readonly string[]>>
  /** Tasks whose state this member keeps a copy of. */
  readonly standbys?: TaskList
  /** Tasks whose state this member fills, and asks for once it has caught up. */
  readonly warmUps?: TaskList
  /**
   * The member holds what it is to give up, and others wait for that: it asks for another round, also where it has taken
   * the place of the process that held it, and has nothing itself.
   */
  readonly givesUp?: true
}

/** What a member does with a copy of a task's state. */
export type CopyKind = 'standby' | 'warm-up'

const nobody: MemberData = { transactionalId: '', hash: '', isBounded: false, runId: null }

export function encodeMemberData(data: MemberData): Buffer {
  return Buffer.from(JSON.stringify(data))
}

/** What a member says of itself; one that can't be read says nothing. */
export function decodeMemberData(bytes: Buffer): MemberData {
  return { ...nobody, ...(parseObject(bytes) as Partial<MemberData>) }
}

export function encodeAssignmentData(data: AssignmentData): Buffer {
  return Buffer.from(JSON.stringify(data))
}

export function decodeAssignmentData(bytes: Buffer): AssignmentData {
  return { runId: null, departed: [], ...(parseObject(bytes) as Partial<AssignmentData>) }
}

/** Address of each task that has one. */
export function tasksByAddress({ addresses = {} }: AssignmentData): Map<string, string> {
  return new Map(Object.entries(addresses).flatMap(([address, tasks]) => tasks.map((task) => [task, address] as const)))
}

/** Tasks whose state the member is to have a copy of. */
export function copiesIn({ standbys, warmUps }: AssignmentData): Map<string, CopyKind> {
  return new Map<string, CopyKind>([
    ...tasksIn(standbys).map((id) => [id, 'standby'] as const),
    ...tasksIn(warmUps).map((id) => [id, 'warm-up'] as const),
  ])
}

function parseObject(bytes: Buffer): object {
  try {
    const parsed: unknown = JSON.parse(bytes.toString())
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}

/**
 * The assignment of every member, ready to be sent. While a new topology is rolled out, members with another one than
 * the leader's get nothing: their tasks would not be these.
 * @param hash of the leader's topology
 */
export function assignTasks(
  tasks: readonly TaskDescription[],
  members: readonly GroupMember[],
  hash: string,
  data: AssignmentData,
  terms: PlacementTerms,
): Map<string, MemberAssignment> {
  const able = members.filter((member) => decodeMemberData(member.userData).hash === hash)
  const placement = placeAmong(tasks, members, able, terms)
  const common = { ...data, ...addressesOf(able, placement.actives) }
  return new Map(
    members.map(({ memberId, owned }) => {
      const partitions: TopicPartition[] = (placement.actives.get(memberId) ?? []).flatMap((task) =>
        partitionsRead(task),
      )
      const userData = encodeAssignmentData({
        ...common,
        ...copiesOf(memberId, placement),
        ...(lacks(partitions, owned) && { givesUp: true }),
      })
      return [memberId, { partitions, userData }]
    }),
  )
}

/** Whether something owned is not among what is given. */
function lacks(given: readonly TopicPartition[], owned: readonly TopicPartition[]): boolean {
  const names = new Set(given.map(partitionName))
  return owned.some((partition) => !names.has(partitionName(partition)))
}

/** Nothing where it keeps none. */
function copiesOf(memberId: string, placement: Placement): Pick<AssignmentData, 'standbys' | 'warmUps'> {
  const [standbys, warmUps] = [placement.standbys, placement.warmUps].map((copies) => copies.get(memberId) ?? [])
  return {
    ...(standbys!.length > 0 && { standbys: listTasks(standbys!.map(({ id }) => id)) }),
    ...(warmUps!.length > 0 && { warmUps: listTasks(warmUps!.map(({ id }) => id)) }),
  }
}

/** Nothing where nobody answers questions. */
function addressesOf(
  members: readonly GroupMember[],
  assigned: ReadonlyMap<string, readonly TaskDescription[]>,
): Pick<AssignmentData, 'addresses'> {
  const addresses = members.flatMap(({ memberId, userData }) => {
    const { address } = decodeMemberData(userData)
    return address === undefined ? [] : [[address, (assigned.get(memberId) ?? []).map(({ id }) => id)] as const]
  })
  return addresses.length === 0 ? {} : { addresses: Object.fromEntries(addresses) }
}

/**
 * Members that know the same tasks as the leader get them; the others give theirs up.
 * @param able those of `members` that can be given tasks
 */
export function placeAmong(
  tasks: readonly TaskDescription[],
  members: readonly GroupMember[],
  able: readonly GroupMember[],
  terms: PlacementTerms,
): Placement {
  const order = able.toSorted((one, other) =>
    compareText(one.instanceId ?? one.memberId, other.instanceId ?? other.memberId),
  )
  return place(tasks, order.map(placedMember), currentOwners(tasks, members), terms)
}

function placedMember({ memberId, userData }: GroupMember): PlacedMember {
  const { instance = memberId, sharesRows = false, lags } = decodeMemberData(userData)
  return { id: memberId, instance, sharesRows, lags: lagsIn(lags) }
}

/** A task belongs to who holds all of its partitions. */
function currentOwners(tasks: readonly TaskDescription[], members: readonly GroupMember[]): Map<string, string> {
  const holders = new Map<string, string>()
  for (const member of members)
    for (const partition of member.owned) holders.set(partitionName(partition), member.memberId)
  const owners = new Map<string, string>()
  for (const task of tasks) {
    const holder = task.inputs.map((input) => holders.get(partitionName(input))).find((each) => each !== undefined)
    if (holder !== undefined) owners.set(task.id, holder)
  }
  return owners
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
