/** Words to an expression: or over and over not over comparisons. */
import { alike } from '../../alike.ts'
import { type Comparison, type Expression, filterFields, isField, type Operand } from './expression.ts'
import { badFilter } from './fault.ts'
import { longestPattern } from './glob.ts'
import { parseInstant } from './instant.ts'
import { type Token, tokensOf } from './tokens.ts'

const deepest = 64
const comparisons: readonly string[] = [
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
] satisfies Comparison[]
const literals: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

/**
 * @param now that instants such as "-2h" count from, milliseconds
 * @example parseFilter('stage == "process" && value.total > 100', { now: clock.now() })
 * @throws MillraceError MR4403, which names the column
 */
export function parseFilter(filter: string, { now }: { readonly now: number }): Expression {
  return new Parser(filter, now).parse()
}

class Parser {
  readonly #filter: string
  readonly #now: number
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(filter: string, now: number) {
    this.#filter = filter
    this.#now = now
    this.#tokens = tokensOf(filter)
  }

  parse(): Expression {
    const expression = this.#or()
    if (this.#token.kind !== 'end')
      throw this.#bad(`"${this.#token.text}" is not expected here: && or || joins two parts`)
    return expression
  }

  get #token(): Token {
    return this.#tokens[this.#at]!
  }

  #bad(why: string, { column } = this.#token): ReturnType<typeof badFilter> {
    return badFilter(this.#filter, column, why)
  }

  #takes(sign: string): boolean {
    if (this.#token.kind !== 'sign' || this.#token.text !== sign) return false
    this.#at++
    return true
  }

  #or(): Expression {
    const parts = [this.#and()]
    while (this.#takes('||')) parts.push(this.#and())
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts }
  }

  #and(): Expression {
    const parts = [this.#not()]
    while (this.#takes('&&')) parts.push(this.#not())
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts }
  }

  #not(): Expression {
    if (++this.#depth > deepest) throw this.#bad(`it nests deeper than ${deepest}`)
    const expression = this.#takes('!') ? ({ kind: 'not', of: this.#not() } as const) : this.#single()
    this.#depth--
    return expression
  }

  #single(): Expression {
    if (!this.#takes('(')) return this.#comparison()
    const inner = this.#or()
    if (!this.#takes(')')) throw this.#bad('a ) is missing here')
    return inner
  }

  #comparison(): Expression {
    const start = this.#token
    const left = this.#operand()
    const { kind, text, column } = this.#token
    if (!(kind === 'sign' || kind === 'name') || !comparisons.includes(text)) return { kind: 'holds', of: left }
    this.#at++
    const other = this.#token
    const right = this.#operand()
    const by = text as Comparison
    if (by === 'matches') this.#checkPattern(right, other)
    if (left.kind === 'literal' && right.kind === 'literal')
      throw this.#bad('this compares two constants', { ...start, column })
    return { kind: 'compare', by, left: this.#instant(left, right, start), right: this.#instant(right, left, other) }
  }

  #checkPattern(pattern: Operand, token: Token): void {
    if (pattern.kind !== 'literal' || typeof pattern.value !== 'string')
      throw this.#bad('matches takes a text: "order-*"', token)
    if (pattern.value.length > longestPattern)
      throw this.#bad(`a pattern has at most ${longestPattern} characters`, token)
  }

  /** A text that is compared with a time is one. */
  #instant(operand: Operand, other: Operand, token: Token): Operand {
    if (operand.kind !== 'literal' || other.kind !== 'field' || filterFields[other.field].type !== 'instant')
      return operand
    if (typeof operand.value !== 'string') return operand
    const value = parseInstant(operand.value, this.#now)
    if (value === null) throw this.#bad('this is no time: "2026-11-21T08:00:00Z", or "-2h" for two hours ago', token)
    return { kind: 'literal', value }
  }

  #operand(): Operand {
    const token = this.#token
    if (token.kind === 'end') throw this.#bad('something is missing here: a field, a text or a number')
    if (token.kind === 'sign') throw this.#bad(`"${token.text}" stands where a field, a text or a number is expected`)
    this.#at++
    if (token.kind === 'text') return { kind: 'literal', value: token.text }
    if (token.kind === 'number') return { kind: 'literal', value: this.#number(token) }
    if (literals.has(token.text)) return { kind: 'literal', value: literals.get(token.text)! }
    return this.#field(token)
  }

  #number(token: Token): number {
    const value = Number(token.text)
    const isExact = Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/.test(token.text))
    if (!isExact) throw this.#bad('this number cannot be held exactly: write it as a text', token)
    return value
  }

  #field(token: Token): Operand {
    const name = token.text
    if (!isField(name)) throw this.#bad(unknownField(name), token)
    const path: (string | number)[] = []
    for (;;) {
      const step = this.#token
      if (this.#takes('.')) path.push(this.#name())
      else if (this.#takes('[')) path.push(this.#index())
      else return { kind: 'field', field: name, path }
      if (!filterFields[name].path) throw this.#bad(`${name} has no parts`, step)
    }
  }

  #name(): string {
    const { kind, text } = this.#token
    if (kind !== 'name') throw this.#bad('a name is missing after the dot; others than letters: value["a name"]')
    this.#at++
    return text
  }

  #index(): string | number {
    const { kind, text } = this.#token
    const isIndex = kind === 'text' || (kind === 'number' && /^\d{1,9}$/.test(text))
    if (!isIndex) throw this.#bad('in [ ] stands a text or a whole number')
    this.#at++
    if (!this.#takes(']')) throw this.#bad('a ] is missing here')
    return kind === 'text' ? text : Number(text)
  }
}

function unknownField(name: string): string {
  const fields = Object.keys(filterFields)
  const meant = alike(name, fields)
  return `there is no field ${name}: ${meant === null ? fields.join(', ') : `did you mean ${meant}?`}`
}
