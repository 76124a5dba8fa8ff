const restBetweenLessons = 64
/** Whose looks never settle needs no more code, nor memory for what was tried. */
const mostTried = 64

/** Code that is made for what has been seen twice in a row; what comes only once is not worth it. */
export class Learned<Code> {
  /** What was learned last comes first: what came twice in a row is what comes next. */
  readonly known: Code[] = []
  readonly #most: number
  readonly #tried = new Set<string>()
  #lessons: number
  #last: string | null = null

  /** At most so much code at a time, learned from so many lessons in a row. */
  constructor(most: number, lessons: number) {
    this.#most = most
    this.#lessons = lessons
  }

  /**
   * Whether to show what no code was for: showing has its price. After many lessons in vain one in 64 is left, since one
   * day a writer may be replaced by a newer one, which writes otherwise.
   */
  wantsMore(): boolean {
    this.#lessons--
    return this.#lessons > 0 || this.#lessons % restBetweenLessons === 0
  }

  /** Shown what no code was for. The same is never compiled again: then its code has reasons of its own to abstain. */
  see(signature: string, compile: () => Code | null): void {
    const isRepeated = signature === this.#last
    this.#last = signature
    if (!isRepeated || this.#tried.has(signature) || this.#tried.size === mostTried) return
    this.#tried.add(signature)
    const code = compile()
    if (code !== null) this.known.unshift(code)
    this.known.length = Math.min(this.known.length, this.#most)
  }
}
