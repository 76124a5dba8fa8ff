/** Those who wait until there is more to read in a partition. Each is called once. */
export class Waiters {
  readonly #waiting: Set<() => void> = new Set()

  add(callback: () => void): void {
    this.#waiting.add(callback)
  }

  delete(callback: () => void): void {
    this.#waiting.delete(callback)
  }

  wake(): void {
    if (this.#waiting.size === 0) return
    const callbacks = [...this.#waiting]
    this.#waiting.clear()
    for (const callback of callbacks) callback()
  }
}
