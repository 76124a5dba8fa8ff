/** The copy of one task's state: kept as a standby, or filled until the task moves here. */
import { findFault } from '../../faults.ts'
import { partitionName } from '../../record.ts'
import type { CopyKind } from '../group/assign.ts'
import { unknownLag } from '../group/holdings.ts'
import type { TaskDescription } from '../plan.ts'
import type { Thread } from '../settings.ts'
import type { Copies } from './copies.ts'
import { StandbyStore } from './standby-store.ts'

export class StandbyTask {
  readonly id: string
  readonly stores: readonly StandbyStore[]
  kind: CopyKind
  /** True once the leader of the group knows that it has caught up. */
  isKnown = false
  /** True once a rebalance was asked for, so that the leader hears of it. */
  hasAsked = false
  private hasBeenReady = false

  constructor({ id, subTopology, partition }: TaskDescription, kind: CopyKind, copies: Copies, thread: Thread) {
    this.id = id
    this.kind = kind
    const { reader } = thread
    this.stores = subTopology.stores.map((store): StandbyStore => {
      const seen = {
        task: id,
        partition,
        store,
        role: 'standby' as const,
        isReady: () => this.hasBeenReady && !this.isClosed,
        lag: () => Math.max(0, this.lag),
        time: () => -1,
      }
      const rows = copies.open(id, store)
      return new StandbyStore(store, partition, reader?.open(seen, rows) ?? rows)
    })
  }

  get isClosed(): boolean {
    return this.stores.some((store) => store.isClosed)
  }

  /** Changelog records that it lacks; below 0 as long as one of its stores can't say. */
  get lag(): number {
    let sum = 0
    for (const { lag } of this.stores) {
      if (lag === null) return unknownLag
      sum += lag
    }
    return sum
  }

  isReady(acceptableLag: number): boolean {
    const { lag } = this
    return lag !== unknownLag && lag <= acceptableLag
  }

  /** It has caught up. @returns true the first time */
  becomesReady(): boolean {
    const isFirst = !this.hasBeenReady
    this.hasBeenReady = true
    return isFirst
  }

  storeAt(place: { readonly topic: string; readonly partition: number }): StandbyStore | undefined {
    return this.stores.find((store) => partitionName(store.place) === partitionName(place))
  }

  save(): void {
    for (const store of this.stores) store.save()
  }

  close(): void {
    for (const store of this.stores) {
      try {
        store.close()
      } catch (error) {
        // Another has the rows by now, and what could not be kept.
        if (findFault(error)?.kind !== 'fenced') throw error
      }
    }
  }
}
