/** How judges say what they found. */
import type { Finding } from '../history.ts'

/** More of one kind tell nobody anything. */
const mostOfOneOracle = 20
const longest = 800

/** @example const found = new Findings('watermark'); found.add('orders-0 went back') */
export class Findings {
  readonly #oracle: string
  readonly #all: Finding[] = []
  #left = 0

  constructor(oracle: string) {
    this.#oracle = oracle
  }

  add(what: string): void {
    if (this.#all.length < mostOfOneOracle) this.#all.push({ oracle: this.#oracle, what: cut(what) })
    else this.#left++
  }

  get all(): readonly Finding[] {
    if (this.#left === 0) return this.#all
    return [...this.#all, { oracle: this.#oracle, what: `${this.#left} more` }]
  }
}

function cut(what: string): string {
  return what.length <= longest ? what : `${what.slice(0, longest)}…`
}
