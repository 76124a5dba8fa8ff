import type { KeyValueStore } from '../state/store.ts'

/** A life is swept in so many steps, so that no step is long. */
const stepsPerLife = 16
const leastRows = 256

/**
 * Takes rows away that are past their life, a part of the store at a time. Nobody can see such rows, so it may forget
 * where it was.
 */
export class Sweep {
  private readonly store: KeyValueStore
  private readonly life: number
  private nextAt = -1
  /** The key to go on with; undefined: from the start. */
  private from: unknown = undefined

  constructor(store: KeyValueStore, life: number) {
    this.store = store
    this.life = life
  }

  /** Time has come to `now`. */
  advance(now: number): void {
    if (now < this.nextAt) return
    this.nextAt = now + Math.ceil(this.life / stepsPerLife)
    this.step(now)
  }

  private step(now: number): void {
    const { store, life } = this
    let rows = Math.max(leastRows, Math.ceil(store.size / stepsPerLife))
    const over: { readonly key: unknown; readonly time: number }[] = []
    let next: unknown
    for (const { key, time } of store.range(this.from)) {
      if (rows-- === 0) {
        next = key
        break
      }
      if (time + life <= now) over.push({ key, time })
    }
    this.from = next
    for (const { key, time } of over) store.delete(key, time)
  }
}
