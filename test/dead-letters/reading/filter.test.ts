import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileExpression, type FilterSubject } from '../../../src/dead-letters/filter/evaluate.ts'
import { compileFilter, type LetterFilter } from '../../../src/dead-letters/filter/filter.ts'
import { globOf } from '../../../src/dead-letters/filter/glob.ts'
import { parseFilter } from '../../../src/dead-letters/filter/parse.ts'
import { guess } from '../../../src/dead-letters/reading/decode.ts'
import { findFault } from '../../../src/faults.ts'
import { headersOf, letterOf, ownHeaders } from '../letters.ts'

const now = Date.UTC(2026, 10, 21, 12)
const headers = [
  ...headersOf({ tenant: 'first' }),
  ...headersOf({ tenant: 'acme' }),
  ...ownHeaders({
    node: 'price',
    stage: 'process',
    'error.code': 'MR4101',
    attempts: '3',
    topic: 'in',
    partition: '1',
    offset: '9',
  }),
]
const value = Buffer.from('{"order":{"id":17,"tags":["new","eu"]},"big":9007199254740993,"name":"Ada"}')
const letter = letterOf(headers, { key: Buffer.from('k-1'), value, partition: 2, offset: 40, time: now - 3_600_000 })
const subject: FilterSubject = {
  letter,
  state: 'open',
  key: guess(letter.key).value,
  value: guess(letter.value).value,
}

const holds = (filter: string): boolean => compileExpression(parseFilter(filter, { now }))(subject)
const faultOf = (filter: string): string => {
  try {
    parseFilter(filter, { now })
  } catch (error) {
    const { text } = findFault(error)!
    return `${text.code} ${text.what}: ${text.why}`
  }
  throw new Error(`no fault in ${filter}`)
}

test.each([
  'stage == "process"',
  "node != 'other'",
  'value.order.id == 17',
  'value.order.id > 16 && value.order.id <= 17',
  'value["order"]["id"] >= 17',
  'value.order.tags[1] == "eu"',
  'value.order.tags contains "new"',
  'value.big == "9007199254740993"',
  'value contains "\\"name\\":\\"Ada\\""',
  'value.name startsWith "A" && value.name endsWith "a"',
  'value.name matches "?d*"',
  'value.nothing == null',
  'value.order.nothing.more == null',
  'headers["tenant"] == "acme"',
  'headers.tenant == "acme"',
  'key == "k-1"',
  'attempts == 3 && count == 0',
  'partition == 2 && offset == 40',
  'time > "-2h" && time < "-30m"',
  'time >= "2026-11-21T11:00:00Z"',
  'state == "open"',
  '!parked',
  '!(stage == "serialize") && (false || true)',
  'stage == "serialize" || stage == "process"',
  'value.constructor == null',
  'value.__proto__ == null',
  '"process" == stage',
])('%s holds', (filter) => {
  expect(holds(filter)).toBe(true)
})

test.each([
  'stage == "serialize"',
  'value.order.id == "17"',
  'value.order.id < "18"',
  'value.name matches "d*"',
  'value.order matches "order"',
  'message contains "x"',
  'true && false || parked',
  'value.name',
])('%s does not hold', (filter) => {
  expect(holds(filter)).toBe(false)
})

test.each([
  ['', 'column 1: something is missing here'],
  ['stage = "x"', 'column 7: "=" has no meaning here: equal is =='],
  ['stage == "x', 'column 10: the text that begins here does not end'],
  ['stag == "x"', 'column 1: there is no field stag: did you mean stage?'],
  ['stage == "x" node == "y"', 'column 14: "node" is not expected here'],
  ['(stage == "x"', 'column 14: a ) is missing here'],
  ['stage.a == 1', 'column 6: stage has no parts'],
  ['value. == 1', 'column 8: a name is missing after the dot'],
  ['value[x] == 1', 'column 7: in [ ] stands a text'],
  ['value matches 1', 'column 15: matches takes a text'],
  ['offset > 90071992547409931', 'column 10: this number cannot be held exactly'],
  ['time > "soon"', 'column 8: this is no time'],
  [`${'!'.repeat(70)}parked`, 'nests deeper than 64'],
  [`${'('.repeat(70)}parked`, 'nests deeper than 64'],
])('%s is refused', (filter, why) => {
  expect(faultOf(filter)).toContain('MR4403')
  expect(faultOf(filter)).toContain(why)
})

describe('patterns', () => {
  const naive = (pattern: string): RegExp =>
    new RegExp(
      `^${pattern.replace(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === '*' ? '[^]*' : sign === '?' ? '[^]' : `\\${sign}`))}$`,
    )
  test('mean what a regular expression of them means', () => {
    const unit = fc.constantFrom('a', 'b', '*', '?', '.')
    const pattern = fc.array(unit, { maxLength: 8 }).map((units) => units.join(''))
    const text = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 10 }).map((units) => units.join(''))
    fc.assert(
      fc.property(pattern, text, (glob, given) => {
        expect(globOf(glob).matches(given)).toBe(naive(glob).test(given))
      }),
      { numRuns: 2_000 },
    )
  })
  test('longer than a word of bits are matched whole', () => {
    const text = 'abcdefghij'.repeat(20)
    expect(globOf(text).matches(text)).toBe(true)
    expect(globOf(`${text.slice(0, 100)}?${text.slice(101)}`).matches(text)).toBe(true)
    expect(globOf(`${text.slice(0, 93)}*${text.slice(140)}`).matches(text)).toBe(true)
    expect(globOf(`${text}x`).matches(text)).toBe(false)
  })
  test('cost steps in proportion to the text, whatever they are', () => {
    const evil = globOf('*a'.repeat(200))
    expect(evil.stepsPerCharacter).toBeLessThan(10)
    expect(evil.matches(`${'a'.repeat(100_000)}b`)).toBe(false)
  })
  test('that cost too much on a huge text are refused, not endured', () => {
    const huge = letterOf(headers, { value: Buffer.from('x') })
    const filter = compileExpression(parseFilter(`value matches "${'a'.repeat(900)}*"`, { now }))
    const text = 'a'.repeat(10_000_000)
    expect(() => filter({ letter: huge, state: 'open', key: null, value: text })).toThrowError(/too many steps/)
  })
})

test('whatever is typed is understood or refused with a code', () => {
  const word = fc.constantFrom(
    ...[
      'value',
      '.',
      '[',
      ']',
      '"a',
      '"a"',
      "'",
      '(',
      ')',
      '!',
      '&&',
      '||',
      '==',
      '<',
      'contains',
      'matches',
      '1',
      '-',
    ],
    ...['time', 'headers', '1e999', '\\', '\u0000', '__proto__', 'null', 'parked', '\u{1f600}'],
  )
  const typed = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    fc.array(word, { maxLength: 12 }).map((words) => words.join('')),
  )
  fc.assert(
    fc.property(typed, (filter) => {
      try {
        holds(filter)
      } catch (error) {
        expect(findFault(error)?.code).toBe('MR4403')
      }
    }),
    { numRuns: 3_000 },
  )
})

test('the filters of the command line are data', () => {
  const passes = (filter: LetterFilter): boolean => compileFilter(filter, now)(subject)
  expect(passes({})).toBe(true)
  expect(passes({ topic: 'out' })).toBe(false)
  expect(passes({ node: 'price', stage: 'process', code: 'MR4101', key: 'k-1' })).toBe(true)
  expect(passes({ key: 'k-2' })).toBe(false)
  expect(passes({ from: now - 3_600_000, to: now })).toBe(true)
  expect(passes({ from: now - 3_599_999 })).toBe(false)
  expect(passes({ to: now - 3_600_000 })).toBe(false)
  expect(passes({ fingerprint: letter.fingerprint, expression: 'attempts == 3' })).toBe(true)
  expect(passes({ expression: 'time > "-2h"', now: now - 10 * 3_600_000 })).toBe(true)
  expect(passes({ expression: 'time > "-30m"', now: now + 1 })).toBe(false)
})

test('a long text in a longer one costs steps, and too many are refused', () => {
  const long = { ...subject, value: 'a'.repeat(5_000_000) }
  const asked = (part: string): boolean => compileExpression(parseFilter(`value contains "${part}"`, { now }))(long)
  expect(asked('aaab')).toBe(false)
  expect(() => asked(`b${'a'.repeat(9_000)}`)).toThrow(expect.objectContaining({ code: 'MR4404' }))
})
