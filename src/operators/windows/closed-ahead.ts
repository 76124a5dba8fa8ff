/** What the end of a bounded run closed although time had not come to it (`semantics.md` 2.16). */

/** Windows that end in (after, to]. Milliseconds. */
export type Span = readonly [after: number, to: number]

/** More spans than this become fewer and larger ones: whatever lies between two of them is closed then too. */
const mostSpans = 1_000

/**
 * Spans of the windows that have spoken, apart from each other and in order. Rows that a timer set far ahead are closed
 * with the rest, and what lies between them and the others is not: one last close for all would refuse it.
 */
export class ClosedAhead {
  private spans: Span[] = []

  /** True for the end of a window that is closed. */
  has(end: number): boolean {
    const { spans } = this
    for (let at = 0; at < spans.length; at++) if (end <= spans[at]![1]) return end > spans[at]![0]
    return false
  }

  /** Windows that end in (after, to] are closed from now on. */
  add(after: number, to: number): void {
    const last = this.spans.at(-1)
    // Rows are closed in the order of their ends.
    if (last !== undefined && after >= last[0] && to >= last[1]) {
      if (after <= last[1]) this.spans[this.spans.length - 1] = [last[0], to]
      else this.spans = fewer([...this.spans, [after, to]])
      return
    }
    const before = this.spans.filter((span) => span[1] < after)
    const behind = this.spans.filter((span) => span[0] > to)
    const met = this.spans.slice(before.length, this.spans.length - behind.length)
    const joined: Span = [Math.min(after, met[0]?.[0] ?? after), Math.max(to, met.at(-1)?.[1] ?? to)]
    this.spans = fewer([...before, joined, ...behind])
  }

  /** @param passed windows that end here or before are closed anyway */
  save(passed: number): readonly Span[] {
    return this.spans.filter(([, to]) => to > passed)
  }

  restore(spans: readonly Span[]): void {
    this.spans = [...spans]
  }
}

function fewer(spans: Span[]): Span[] {
  const [first, second, ...others] = spans
  if (spans.length <= mostSpans || first === undefined || second === undefined) return spans
  return [[first[0], second[1]], ...others]
}
