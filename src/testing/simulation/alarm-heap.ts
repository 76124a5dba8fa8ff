/** Alarms, the one that is due next first. */
import type { Alarm } from './process.ts'

export class AlarmHeap {
  readonly #alarms: Alarm[] = []

  first(): Alarm | undefined {
    return this.#alarms[0]
  }

  push(alarm: Alarm): void {
    const heap = this.#alarms
    let index = heap.push(alarm) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(alarm, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = alarm
  }

  /** Takes the first away. */
  pop(): void {
    const heap = this.#alarms
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = index * 2 + 1
      if (left >= heap.length) break
      const right = left + 1
      const child = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left
      if (!isBefore(heap[child]!, last)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}

function isBefore(one: Alarm, other: Alarm): boolean {
  if (one.at !== other.at) return one.at < other.at
  if (one.turn !== other.turn) return one.turn < other.turn
  return one.sequence < other.sequence
}
