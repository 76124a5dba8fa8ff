/**
 * Code for objects that look exactly like one that was seen: between two values the very same bytes, so that names, colons,
 * commas and spaces are compared as whole words, and no name is looked up. Straight-line code for one schema and one
 * writer is three times as fast as any loop over fields. Whatever differs makes it abstain, at the first byte.
 */
import { readNumber } from './numbers.ts'
import type { Read, Reader } from './reader.ts'
import { type Field, type ObjectShape, within } from './shape.ts'
import { skipValue } from './skip.ts'
import { endOfPlain } from './strings.ts'

/** A value and what stands before it. */
export interface Part {
  /** The bytes from the end of the last value on, each a character: `{"price":` or `, "price": `. */
  readonly before: string
  /** Of the declared field; -1 for one that is not declared. */
  readonly slot: number
  /** The value's first byte. */
  readonly first: number
  readonly end: number
}

export interface Layout {
  readonly parts: readonly Part[]
  /** From the end of the last value on. */
  readonly end: string
}

export type ReadLayout = (reader: Reader) => Record<string, unknown> | undefined

/** V8 leaves very long functions unoptimized. */
const mostParts = 100
const mostBytes = 8_192
/**
 * Strings that lie this near to each other are cut from one text: making one text costs as much as five cuts. A string that is
 * kept then keeps the bytes between, so they must be few.
 */
const nearBytes = 256

/** @returns null where code can't be made of text in this process, or too much of it would be needed */
export function compileLayout(layout: Layout, shape: ObjectShape, reads: readonly Read[]): ReadLayout | null {
  const bytes = layout.parts.reduce((sum, { before }) => sum + before.length, 0)
  if (layout.parts.length > mostParts || bytes > mostBytes) return null
  const accepts = shape.fields.map((field) => (field.shape.kind === 'number' ? within(field.shape.bounds) : null))
  try {
    const make = new Function('readNumber', 'skipValue', 'endOfPlain', 'reads', 'accepts', codeOf(layout, shape))
    return make(readNumber, skipValue, endOfPlain, reads, accepts) as ReadLayout
  } catch {
    return null
  }
}

/** Equal for layouts of which one's code reads the other: it depends on what a value begins with. */
export function signatureOf({ parts, end }: Layout): string {
  return JSON.stringify([end, ...parts.map(({ before, first }) => [before, beginOf(first)])])
}

const beginOf = (first: number): 'text' | 'number' | 'other' =>
  first === 0x22 ? 'text' : first < 0x3a ? 'number' : 'other'

/** No word of a record gets into the code but as numbers or within a string literal made by `JSON.stringify`. */
function codeOf(layout: Layout, shape: ObjectShape): string {
  const texts = layout.parts.filter((part) => isText(part, shape.fields)).map(({ slot }) => slot)
  return [
    ...reads(layout, shape),
    'return (reader) => {',
    'const { bytes, view, end } = reader',
    'let at = reader.at',
    ...layout.parts.map((part) => codeOfPart(part, shape.fields)),
    expectation(layout.end),
    'reader.at = at',
    ...codeOfTexts(texts),
    `return { ${objectLiteral(layout, shape.fields)} }`,
    '}',
  ].join('\n')
}

/** Each its own constant, so that calls can be inlined. */
function reads({ parts }: Layout, { fields }: ObjectShape): string[] {
  const slots = parts.filter(({ slot }) => slot !== -1).map(({ slot }) => slot)
  return slots.flatMap((slot) => [
    `const read${slot} = reads[${slot}]`,
    ...(fields[slot]!.shape.kind === 'number' ? [`const accepts${slot} = accepts[${slot}]`] : []),
  ])
}

const isText = ({ slot, first }: Part, fields: readonly Field[]): boolean => {
  const shape = fields[slot]?.shape
  return beginOf(first) === 'text' && shape?.kind === 'string' && shape.lengths.length === 0
}

function codeOfPart(part: Part, fields: readonly Field[]): string {
  const { slot, first, before } = part
  if (isText(part, fields)) return `${expectation(`${before}"`)}\n${codeOfText(slot)}`
  if (slot === -1 && beginOf(first) === 'text') return `${expectation(`${before}"`)}\n${skippedText}`
  const field = slot === -1 ? null : fields[slot]!.shape
  if (field?.kind === 'number')
    return `${expectation(before)}\n${codeOfNumber(`value${slot}`, `read${slot}`)}
    ${field.bounds.length > 0 ? `if (!accepts${slot}(value${slot})) return undefined` : ''}`
  if (slot === -1 && beginOf(first) === 'number') {
    return `${expectation(before)}\n{ ${codeOfNumber('skipped', 'readNumber')} }`
  }
  const read = slot === -1 ? 'if (!skipValue(reader)) return undefined' : codeOfRead(slot)
  return `${expectation(before)}\nreader.at = at\n${read}\nat = reader.at`
}

const codeOfRead = (slot: number): string =>
  `const value${slot} = read${slot}(reader)\nif (value${slot} === undefined) return undefined`

/** The bytes must stand here: compared four at a time, the last four overlapping. */
function expectation(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  const tests = [`at + ${bytes.length} <= end`]
  for (let at = 0; bytes.length >= 4 && at < bytes.length; at += 4) {
    const from = Math.min(at, bytes.length - 4)
    tests.push(`view.getInt32(at + ${from}, true) === ${bytes.readInt32LE(from)}`)
  }
  if (bytes.length < 4) tests.push(...[...bytes].map((byte, index) => `bytes[at + ${index}] === ${byte}`))
  return `if (!(${tests.join(' && ')})) return undefined\nat += ${bytes.length}`
}

/** Digits are counted together here; a sign, a point, an exponent and many digits are for `numbers.ts`. */
function codeOfNumber(value: string, read: string): string {
  return `let ${value} = 0
  {
    const from = at
    for (; at < end; at++) {
      const digit = bytes[at] - 48
      if (digit < 0 || digit > 9) break
      ${value} = ${value} * 10 + digit
    }
    const count = at - from
    const next = at < end ? bytes[at] : 46
    if (count === 0 || count > 15 || (count > 1 && bytes[from] === 48) || next === 46 || (next | 32) === 101) {
      reader.at = from
      ${value} = ${read}(reader)
      if (${value} === undefined) return undefined
      at = reader.at
    }
  }`
}

/** Behind the opening quote. `value` stays undefined for a plain string: it is cut out when all is known to be good. */
function codeOfText(slot: number): string {
  return `const from${slot} = at
  let value${slot}
  let to${slot} = endOfPlain(bytes, view, at, end)
  at = to${slot} + 1
  if (at === 0) {
    reader.at = from${slot} - 1
    value${slot} = read${slot}(reader)
    if (value${slot} === undefined) return undefined
    at = reader.at
    to${slot} = at - 1
  }`
}

const skippedText = `{
    const from = at - 1
    at = endOfPlain(bytes, view, at, end) + 1
    if (at === 0) {
      reader.at = from
      if (!skipValue(reader)) return undefined
      at = reader.at
    }
  }`

function codeOfTexts(slots: readonly number[]): string[] {
  if (slots.length === 0) return []
  const alone = slots.map((slot) => `value${slot} ??= bytes.latin1Slice(from${slot}, to${slot})`)
  if (slots.length === 1) return alone
  const [first, last] = [slots[0]!, slots.at(-1)!]
  const near = slots.map(
    (slot) => `value${slot} ??= text.substring(from${slot} - from${first}, to${slot} - from${first})`,
  )
  return [
    `if (to${last} - from${first} <= ${nearBytes}) {`,
    `const text = bytes.latin1Slice(from${first}, to${last})`,
    ...near,
    '} else {',
    ...alone,
    '}',
  ]
}

function objectLiteral({ parts }: Layout, fields: readonly Field[]): string {
  const present = new Set(parts.map(({ slot }) => slot))
  const entries = fields.map(({ name }, slot) => (present.has(slot) ? `${JSON.stringify(name)}: value${slot}` : ''))
  return entries.filter((entry) => entry !== '').join(', ')
}
