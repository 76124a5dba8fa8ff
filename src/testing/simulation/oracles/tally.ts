/** Multisets of texts: what is compared by count, never by being there at all. */

export class Tally {
  readonly #counts: Map<string, number> = new Map()

  /** @example Tally.of(['a', 'b', 'a']).count('a') // 2 */
  static of(items: Iterable<string>): Tally {
    const tally = new Tally()
    for (const item of items) tally.add(item)
    return tally
  }

  add(item: string, times = 1): void {
    this.#counts.set(item, this.count(item) + times)
  }

  count(item: string): number {
    return this.#counts.get(item) ?? 0
  }

  get items(): Iterable<string> {
    return this.#counts.keys()
  }

  equals(other: Tally): boolean {
    return this.lacks(other).length === 0 && other.lacks(this).length === 0
  }

  /** What the other has more often than this one, and how much more. */
  lacks(other: Tally): { readonly item: string; readonly times: number }[] {
    return [...other.items].flatMap((item) => {
      const times = other.count(item) - this.count(item)
      return times > 0 ? [{ item, times }] : []
    })
  }
}
