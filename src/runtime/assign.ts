/**
 * Who runs which task: balanced per sub-topology, tasks stay where they are, and cooperative: a task that moves is
 * taken away in one generation and handed over in a later one (rule R7).
 */
import type { GroupMember, MemberAssignment } from '../kafka/port.ts'
import { partitionName, type TopicPartition } from '../record.ts'
import type { TaskDescription } from './plan.ts'

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
}

/** What the leader tells every member. */
export interface AssignmentData {
  readonly runId: string | null
  /** Transactional ids of members that are gone: who takes over their tasks ends their transactions first (L2). */
  readonly departed: readonly string[]
  /** Where tasks can be asked for their state: ids of tasks by address. */
  readonly addresses?: Readonly<Record<string, readonly string[]>>
}

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
): Map<string, MemberAssignment> {
  const able = members.filter((member) => decodeMemberData(member.userData).hash === hash)
  const assigned = placeTasks(tasks, members, able)
  const userData = encodeAssignmentData({ ...data, ...addressesOf(able, assigned) })
  return new Map(
    members.map(({ memberId }) => {
      const partitions: TopicPartition[] = (assigned.get(memberId) ?? []).flatMap((task) =>
        task.inputs.map(({ topic, partition }) => ({ topic, partition })),
      )
      return [memberId, { partitions, userData }]
    }),
  )
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

/** Task lists per member that is able to run them; tasks on the move are in none of them. */
export function placeTasks(
  tasks: readonly TaskDescription[],
  members: readonly GroupMember[],
  able: readonly GroupMember[] = members,
): Map<string, TaskDescription[]> {
  const owners = currentOwners(tasks, members)
  const order = [...able].sort((a, b) => compareText(a.instanceId ?? a.memberId, b.instanceId ?? b.memberId))
  const placed = new Map<string, TaskDescription[]>(order.map((member) => [member.memberId, []]))
  for (const group of bySubTopology(tasks)) balance(group, order, owners, placed)
  for (const [memberId, held] of placed) {
    placed.set(
      memberId,
      held.filter((task) => (owners.get(task.id) ?? memberId) === memberId),
    )
  }
  return placed
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

function bySubTopology(tasks: readonly TaskDescription[]): Iterable<TaskDescription[]> {
  return Map.groupBy(tasks, (task) => task.subTopology.id).values()
}

/** Tasks of one sub-topology: owners keep up to their share, the rest goes to who has least. */
function balance(
  tasks: readonly TaskDescription[],
  members: readonly GroupMember[],
  owners: ReadonlyMap<string, string>,
  placed: Map<string, TaskDescription[]>,
): void {
  const share = Math.ceil(tasks.length / members.length)
  let larger = tasks.length % members.length || members.length
  const counts = new Map<string, number>()
  const homeless: TaskDescription[] = []
  for (const task of tasks) {
    const owner = owners.get(task.id)
    const held = owner === undefined ? 0 : (counts.get(owner) ?? 0)
    const fits = held < share - 1 || (held === share - 1 && larger > 0)
    if (owner === undefined || !placed.has(owner) || !fits) {
      homeless.push(task)
      continue
    }
    if (held === share - 1) larger--
    counts.set(owner, held + 1)
    placed.get(owner)!.push(task)
  }
  for (const task of homeless) {
    const { memberId } = leastLoaded(members, counts, placed)
    counts.set(memberId, (counts.get(memberId) ?? 0) + 1)
    placed.get(memberId)!.push(task)
  }
}

function leastLoaded(
  members: readonly GroupMember[],
  counts: ReadonlyMap<string, number>,
  placed: ReadonlyMap<string, readonly TaskDescription[]>,
): GroupMember {
  const load = (member: GroupMember): number =>
    (counts.get(member.memberId) ?? 0) * 1e6 + placed.get(member.memberId)!.length
  return members.reduce((least, member) => (load(member) < load(least) ? member : least))
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
