/** Numbers that come and go, and the smallest of them. */
export class Smallest {
  private readonly counts = new Map<number, number>()
  private smallest = Number.POSITIVE_INFINITY

  /** +Infinity when there is none. */
  get value(): number {
    return this.smallest
  }

  add(value: number): void {
    this.counts.set(value, (this.counts.get(value) ?? 0) + 1)
    if (value < this.smallest) this.smallest = value
  }

  remove(value: number): void {
    const count = this.counts.get(value)! - 1
    if (count > 0) this.counts.set(value, count)
    else this.counts.delete(value)
    if (count === 0 && value === this.smallest)
      this.smallest = Math.min(Number.POSITIVE_INFINITY, ...this.counts.keys())
  }

  clear(): void {
    this.counts.clear()
    this.smallest = Number.POSITIVE_INFINITY
  }
}
