/** The groups there are, by name. */
import type { Clock } from '../../clock.ts'
import { offsetsPartition } from '../internal-topics.ts'
import { Group } from './group.ts'

export class Groups {
  readonly #clock: Clock
  readonly #byId: Map<string, Group> = new Map()

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
    return this.all().filter(({ id }) => offsetsPartition(id).partition === partitionIndex)
  }

  /** The group, made when there is none: for positions committed without members too. */
  obtain(groupId: string): Group {
    let group = this.#byId.get(groupId)
    if (group === undefined) {
      group = new Group(groupId, this.#clock)
      this.#byId.set(groupId, group)
    }
    return group
  }

  put(group: Group): void {
    this.#byId.set(group.id, group)
  }

  delete(groupId: string): void {
    this.#byId.delete(groupId)
  }
}
