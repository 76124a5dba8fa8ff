/** A map whose keys are kept in order: texts of Latin-1 units, so that their order is that of the bytes they stand for. */
import type { RowOrder } from './rows.ts'

const maxPageEntries = 256

/** Neighbouring entries. Never empty, but for the only page of an empty map. */
interface Page<V> {
  keys: string[]
  values: V[]
}

/**
 * Pages in a row, found by halving: two levels carry ten million entries.
 * @example for (const [key, value] of map.entries('a', 'b')) …
 */
export class OrderedMap<V> {
  private pages: Page<V>[] = [{ keys: [], values: [] }]
  private entryCount = 0
  /** Grows with every entry that comes or goes: a walk in progress must look again where it is. */
  private changes = 0

  get size(): number {
    return this.entryCount
  }

  /** The smallest key. */
  get first(): string | undefined {
    return this.pages[0]!.keys[0]
  }

  get(key: string): V | undefined {
    const page = this.pages[this.pageOf(key)]!
    const at = lowerBound(page.keys, key)
    return page.keys[at] === key ? page.values[at] : undefined
  }

  has(key: string): boolean {
    const { keys } = this.pages[this.pageOf(key)]!
    return keys[lowerBound(keys, key)] === key
  }

  set(key: string, value: V): void {
    const number = this.pageOf(key)
    const page = this.pages[number]!
    const at = lowerBound(page.keys, key)
    if (page.keys[at] === key) {
      page.values[at] = value
      return
    }
    insert(page.keys, at, key)
    insert(page.values, at, value)
    this.entryCount++
    this.changes++
    if (page.keys.length > maxPageEntries) this.split(number)
  }

  delete(key: string): boolean {
    const number = this.pageOf(key)
    const page = this.pages[number]!
    const at = lowerBound(page.keys, key)
    if (page.keys[at] !== key) return false
    page.keys.splice(at, 1)
    page.values.splice(at, 1)
    if (page.keys.length === 0 && this.pages.length > 1) this.pages.splice(number, 1)
    this.entryCount--
    this.changes++
    return true
  }

  clear(): void {
    this.pages = [{ keys: [], values: [] }]
    this.entryCount = 0
    this.changes++
  }

  /**
   * Entries of [from, to). The map may change meanwhile: what was not touched comes exactly once, and what comes lies
   * behind what came before.
   */
  entries(from: string | null, to: string | null, order: RowOrder = 'ascending'): Generator<[string, V]> {
    return order === 'ascending' ? this.ascend(from, to) : this.descend(from, to)
  }

  private *ascend(from: string | null, to: string | null): Generator<[string, V]> {
    let number = from === null ? 0 : this.pageOf(from)
    let at = from === null ? 0 : lowerBound(this.pages[number]!.keys, from)
    while (number < this.pages.length) {
      const page = this.pages[number]!
      if (at === page.keys.length) {
        number++
        at = 0
        continue
      }
      const key = page.keys[at]!
      if (to !== null && key >= to) return
      const { changes } = this
      yield [key, page.values[at]!]
      at++
      if (changes === this.changes) continue
      number = this.pageOf(key)
      at = upperBound(this.pages[number]!.keys, key)
    }
  }

  private *descend(from: string | null, to: string | null): Generator<[string, V]> {
    let number = to === null ? this.pages.length - 1 : this.pageOf(to)
    let at = to === null ? this.pages[number]!.keys.length : lowerBound(this.pages[number]!.keys, to)
    while (number >= 0) {
      if (at === 0) {
        number--
        at = this.pages[number]?.keys.length ?? 0
        continue
      }
      const page = this.pages[number]!
      const key = page.keys[--at]!
      if (from !== null && key < from) return
      const { changes } = this
      yield [key, page.values[at]!]
      if (changes === this.changes) continue
      number = this.pageOf(key)
      at = lowerBound(this.pages[number]!.keys, key)
    }
  }

  /** The last page that begins at or before the key, else the first. */
  private pageOf(key: string): number {
    const { pages } = this
    let low = 0
    let high = pages.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (pages[middle]!.keys[0]! <= key) low = middle
      else high = middle - 1
    }
    return low
  }

  /** In half; the last page keeps nearly all, since keys often come in order. */
  private split(number: number): void {
    const page = this.pages[number]!
    const isLast = number === this.pages.length - 1
    const at = isLast ? maxPageEntries - 8 : maxPageEntries >>> 1
    const behind = { keys: page.keys.slice(at), values: page.values.slice(at) }
    page.keys.length = at
    page.values.length = at
    this.pages.splice(number + 1, 0, behind)
  }
}

/** Where the first key stands that is not below. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Where the first key stands that is above. */
function upperBound(keys: readonly string[], key: string): number {
  const at = lowerBound(keys, key)
  return keys[at] === key ? at + 1 : at
}

function insert<T>(items: T[], at: number, item: T): void {
  if (at === items.length) items.push(item)
  else items.splice(at, 0, item)
}
