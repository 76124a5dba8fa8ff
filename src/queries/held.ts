/** A store of one task as it lies in this thread. */
import type { SeenStore } from '../runtime/state-reader.ts'
import type { Origin } from './entry.ts'
import type { Layout } from './layouts/layout.ts'
import type { SeenRows } from './seen-rows.ts'

export interface HeldStore {
  readonly seen: SeenStore
  readonly layout: Layout
  readonly rows: SeenRows
}

export function originOf({ seen, rows }: HeldStore): Origin {
  const { task, partition, role, lag } = seen
  return { task, partition, position: rows.position, lag: lag(), role }
}

/** The stores of this thread's tasks, and of the tasks it keeps copies for. */
export class HeldStores {
  private readonly stores = new Map<string, HeldStore[]>()

  add(held: HeldStore): void {
    const place = placeOf(held.seen.store.name, held.seen.partition)
    this.stores.set(place, [...(this.stores.get(place) ?? []), held])
  }

  remove(held: HeldStore): void {
    const place = placeOf(held.seen.store.name, held.seen.partition)
    const left = (this.stores.get(place) ?? []).filter((each) => each !== held)
    if (left.length > 0) this.stores.set(place, left)
    else this.stores.delete(place)
  }

  /** Whether it is ready or not; of several the one that is. */
  find(store: string, partition: number, standbyOk: boolean): HeldStore | undefined {
    const copies = this.stores.get(placeOf(store, partition)) ?? []
    const active = copies.filter(({ seen }) => seen.role === 'active')
    const mayAnswer = active.length > 0 || !standbyOk ? active : copies
    return mayAnswer.find(({ seen }) => seen.isReady()) ?? mayAnswer[0]
  }
}

function placeOf(store: string, partition: number): string {
  return `${store}/${partition}`
}
