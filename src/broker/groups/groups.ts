/** The groups there are, by name. */
import type { Clock } from '../../clock.ts'
import { offsetsPartition } from '../internal-topics.ts'
import { Group } from './group.ts'

export class Groups {
  readonly #clock: Clock
  readonly #byId: Map<string, Group> = new Map()
  /** The same by partition of `__consumer_offsets`: every marker there asks for its groups. */
  readonly #byPartition: Map<number, Set<Group>> = new Map()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(groupId: string): Group | undefined {
    return this.#byId.get(groupId)
  }

  has(groupId: string): boolean {
    return this.#byId.has(groupId)
  }

  all(): Group[] {
    return [...this.#byId.values()]
  }

  /** Those whose records are in a partition of `__consumer_offsets`. */
  within(partitionIndex: number): Group[] {
    return [...(this.#byPartition.get(partitionIndex) ?? [])]
  }

  /** The group, made when there is none: for positions committed without members too. */
  obtain(groupId: string): Group {
    let group = this.#byId.get(groupId)
    if (group === undefined) {
      group = new Group(groupId, this.#clock)
      this.put(group)
    }
    return group
  }

  put(group: Group): void {
    this.delete(group.id)
    this.#byId.set(group.id, group)
    const { partition } = offsetsPartition(group.id)
    const there = this.#byPartition.get(partition) ?? new Set()
    this.#byPartition.set(partition, there.add(group))
  }

  delete(groupId: string): void {
    const group = this.#byId.get(groupId)
    if (group === undefined) return
    this.#byId.delete(groupId)
    this.#byPartition.get(offsetsPartition(groupId).partition)?.delete(group)
  }
}
