/** Many things of which the first is wanted, again and again: a binary heap. */
export class Heap<Item> {
  readonly #items: Item[] = []
  readonly #isBefore: (one: Item, other: Item) => boolean

  /** @param isBefore a strict order: of two different items one comes first */
  constructor(isBefore: (one: Item, other: Item) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  first(): Item | undefined {
    return this.#items[0]
  }

  push(item: Item): void {
    const heap = this.#items
    let index = heap.push(item) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#isBefore(item, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = item
  }

  /** Takes the first away. */
  pop(): void {
    const heap = this.#items
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = index * 2 + 1
      if (left >= heap.length) break
      const right = left + 1
      const child = right < heap.length && this.#isBefore(heap[right]!, heap[left]!) ? right : left
      if (!this.#isBefore(heap[child]!, last)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}
