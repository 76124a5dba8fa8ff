/** A filter, cut into words. */
import { badFilter } from './fault.ts'

export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign' | 'end'
  /** Of a text its content. */
  readonly text: string
  /** Where it begins, from 1. */
  readonly column: number
}

const longestFilter = 10_000
/** Sticky, without alternatives that overlap: each is linear. */
const patterns = {
  space: /\s+/y,
  name: /[A-Za-z_$][\w$-]*/y,
  number: /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y,
  sign: /&&|\|\||==|!=|<=|>=|[<>!().[\]]/y,
} as const

/** @throws MillraceError MR4403 */
export function tokensOf(filter: string): Token[] {
  if (filter.length > longestFilter)
    throw badFilter(filter, longestFilter, `it is longer than ${longestFilter} characters`)
  const tokens: Token[] = []
  let at = 0
  while (at < filter.length) {
    const space = find(patterns.space, filter, at)
    if (space !== null) {
      at += space.length
      continue
    }
    const token = tokenAt(filter, at)
    tokens.push(token.token)
    at = token.next
  }
  tokens.push({ kind: 'end', text: '', column: filter.length + 1 })
  return tokens
}

function tokenAt(filter: string, at: number): { readonly token: Token; readonly next: number } {
  const quote = filter[at]
  if (quote === '"' || quote === "'") return textAt(filter, at, quote)
  for (const kind of ['name', 'number', 'sign'] as const) {
    const text = find(patterns[kind], filter, at)
    if (text !== null) return { token: { kind, text, column: at + 1 }, next: at + text.length }
  }
  throw badFilter(filter, at + 1, `"${filter[at]}" has no meaning here${hintFor(filter[at]!)}`)
}

function hintFor(sign: string): string {
  const hints: Readonly<Record<string, string>> = { '=': ': equal is ==', '&': ': and is &&', '|': ': or is ||' }
  return hints[sign] ?? ''
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function textAt(filter: string, start: number, quote: string): { readonly token: Token; readonly next: number } {
  let text = ''
  for (let at = start + 1; at < filter.length; at++) {
    const unit = filter[at]!
    if (unit === quote) return { token: { kind: 'text', text, column: start + 1 }, next: at + 1 }
    if (unit !== '\\') text += unit
    else text += escapes[filter[at + 1] ?? ''] ?? filter[at + 1] ?? ''
    if (unit === '\\') at++
  }
  throw badFilter(filter, start + 1, 'the text that begins here does not end')
}

function find(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}
