/** Lists of tasks as members of a group write them: short, since a group keeps what all its members say in one record. */
import { partitionName } from '../../record.ts'

/** Partitions by name of the sub-topology. */
export type TaskList = Readonly<Record<string, readonly number[]>>
/** Partition and lag of each, by name of the sub-topology. */
export type LagList = Readonly<Record<string, readonly (readonly [partition: number, lag: number])[]>>

/** A member tells of so many copies at most. */
const mostTold = 500

export function listTasks(ids: Iterable<string>): TaskList {
  const list: Record<string, number[]> = {}
  for (const id of ids) {
    const { name, partition } = parted(id)
    list[name] ??= []
    list[name].push(partition)
  }
  return list
}

/** Ids of tasks; what is no list of tasks has none. */
export function tasksIn(list: unknown): string[] {
  return entriesOf(list).flatMap(([topic, partitions]) =>
    partitions.filter(isWhole).map((partition) => partitionName({ topic, partition })),
  )
}

/** Those that lack least are told first: the others are far from being of use. */
export function listLags(lags: ReadonlyMap<string, number>): LagList {
  const nearest = [...lags].sort(([, one], [, other]) => distance(one) - distance(other)).slice(0, mostTold)
  const list: Record<string, (readonly [number, number])[]> = {}
  for (const [id, lag] of nearest) {
    const { name, partition } = parted(id)
    list[name] ??= []
    list[name].push([partition, lag])
  }
  return list
}

export function lagsIn(list: unknown): Map<string, number> {
  const lags = new Map<string, number>()
  for (const [topic, entries] of entriesOf(list)) {
    for (const entry of entries) {
      const [partition, lag] = Array.isArray(entry) ? (entry as unknown[]) : []
      if (isWhole(partition) && isWhole(lag)) lags.set(partitionName({ topic, partition }), lag)
    }
  }
  return lags
}

/** An unknown lag is below 0. */
function distance(lag: number): number {
  return lag < 0 ? Number.POSITIVE_INFINITY : lag
}

function parted(id: string): { readonly name: string; readonly partition: number } {
  const end = id.lastIndexOf('-')
  return { name: id.slice(0, end), partition: Number(id.slice(end + 1)) }
}

function entriesOf(list: unknown): [string, unknown[]][] {
  if (typeof list !== 'object' || list === null) return []
  return Object.entries(list).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
