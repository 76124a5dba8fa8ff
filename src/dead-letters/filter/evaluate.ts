/** An expression asked of a letter. Nothing is compiled to code; the work a letter may cost is bounded. */
import { MillraceError } from '../../faults.ts'
import { jsonText } from '../../serde/json-text.ts'
import type { DeadLetter, LetterState } from '../letter.ts'
import type { Comparison, Expression, FieldName, Operand } from './expression.ts'
import { type Glob, globOf } from './glob.ts'

/** A letter with what it means. Key and value are decoded when they are asked for. */
export interface FilterSubject {
  readonly letter: DeadLetter
  readonly state: LetterState
  readonly key: unknown
  readonly value: unknown
}

/** Steps that one letter may cost: some tenths of a second. */
const mostSteps = 200_000_000

type Test = (subject: FilterSubject, steps: { left: number }) => boolean
type Read = (subject: FilterSubject) => unknown

/**
 * Makes a predicate.
 * @example compileExpression(parseFilter('attempts > 3', { now }))(subject)
 * @throws MillraceError MR4404, from the predicate, when a letter costs too many steps
 */
export function compileExpression(expression: Expression): (subject: FilterSubject) => boolean {
  const test = testOf(expression)
  return (subject) => test(subject, { left: mostSteps })
}

function testOf(expression: Expression): Test {
  switch (expression.kind) {
    case 'and': {
      const tests = expression.parts.map(testOf)
      return (subject, steps) => tests.every((test) => test(subject, steps))
    }
    case 'or': {
      const tests = expression.parts.map(testOf)
      return (subject, steps) => tests.some((test) => test(subject, steps))
    }
    case 'not': {
      const test = testOf(expression.of)
      return (subject, steps) => !test(subject, steps)
    }
    case 'holds': {
      const read = readOf(expression.of)
      return (subject) => read(subject) === true
    }
    case 'compare':
      return comparisonOf(expression.by, expression.left, expression.right)
  }
}

function comparisonOf(by: Comparison, leftOperand: Operand, rightOperand: Operand): Test {
  const [left, right] = [readOf(leftOperand), readOf(rightOperand)]
  if (by === 'matches') return matching(left, globOf(String((rightOperand as { value: unknown }).value)))
  const compare = comparisons[by]
  return (subject, steps) => {
    const [one, other] = [left(subject), right(subject)]
    if (by === 'contains') spend(subject, steps, one, other)
    return compare(one, other)
  }
}

/** A search costs up to its two lengths multiplied where a text repeats itself; so many are compared in a step. */
const comparedInStep = 64

function spend({ letter }: FilterSubject, steps: { left: number }, text: unknown, part: unknown): void {
  if (typeof text !== 'string' || typeof part !== 'string') return
  steps.left -= text.length * Math.ceil(part.length / comparedInStep)
  if (steps.left < 0) throw tooMuch(letter)
}

function matching(left: Read, glob: Glob): Test {
  return (subject, steps) => {
    const text = textOf(left(subject))
    if (text === null) return false
    steps.left -= text.length * glob.stepsPerCharacter
    if (steps.left < 0) throw tooMuch(subject.letter)
    return glob.matches(text)
  }
}

type Compare = (left: unknown, right: unknown) => boolean

/** Of unlike kinds nothing is equal, less or more. */
const comparisons: Readonly<Record<Exclude<Comparison, 'matches'>, Compare>> = {
  '==': isEqual,
  '!=': (left, right) => !isEqual(left, right),
  '<': (left, right) => ordered(left, right, (one, other) => one < other),
  '<=': (left, right) => ordered(left, right, (one, other) => one <= other),
  '>': (left, right) => ordered(left, right, (one, other) => one > other),
  '>=': (left, right) => ordered(left, right, (one, other) => one >= other),
  contains: (left, right) =>
    Array.isArray(left)
      ? left.some((item) => isEqual(item, right))
      : bothTexts(left, right, (text, part) => text.includes(part)),
  startsWith: (left, right) => bothTexts(left, right, (text, part) => text.startsWith(part)),
  endsWith: (left, right) => bothTexts(left, right, (text, part) => text.endsWith(part)),
}

function isEqual(left: unknown, right: unknown): boolean {
  if (typeof left === 'bigint' || typeof right === 'bigint') return String(left) === String(right)
  return left === right
}

function ordered(
  left: unknown,
  right: unknown,
  test: (one: number | string, other: number | string) => boolean,
): boolean {
  if (typeof left === 'number' && typeof right === 'number') return test(left, right)
  return typeof left === 'string' && typeof right === 'string' && test(left, right)
}

function bothTexts(left: unknown, right: unknown, test: (text: string, part: string) => boolean): boolean {
  const [text, part] = [textOf(left), textOf(right)]
  return text !== null && part !== null && test(text, part)
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return null
  if (typeof value !== 'object') return String(value)
  return jsonText(value)
}

function readOf(operand: Operand): Read {
  if (operand.kind === 'literal') return () => operand.value
  const read = fields[operand.field]
  const { path } = operand
  if (operand.field === 'headers') return (subject) => headerOf(subject.letter, path)
  return path.length === 0 ? read : (subject) => partOf(read(subject), path)
}

const fields: Readonly<Record<FieldName, Read>> = {
  key: ({ key }) => key,
  value: ({ value }) => value,
  headers: () => null,
  topic: ({ letter }) => letter.source?.topic ?? null,
  node: ({ letter }) => letter.node,
  stage: ({ letter }) => letter.stage,
  code: ({ letter }) => letter.code,
  error: ({ letter }) => letter.error,
  message: ({ letter }) => letter.message,
  fingerprint: ({ letter }) => letter.fingerprint,
  family: ({ letter }) => letter.family,
  state: ({ state }) => state,
  partition: ({ letter }) => letter.partition,
  offset: ({ letter }) => letter.offset,
  time: ({ letter }) => letter.time,
  attempts: ({ letter }) => letter.attempts,
  count: ({ letter }) => letter.redriveCount,
  parked: ({ letter }) => letter.parkedBehind !== null,
}

/** Own properties only: `constructor` is a field of the data, or nothing. */
function partOf(value: unknown, path: readonly (string | number)[]): unknown {
  let part = value
  for (const step of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, step)) return null
    part = (part as Record<string | number, unknown>)[step]
  }
  return part ?? null
}

function headerOf({ headers }: DeadLetter, path: readonly (string | number)[]): string | null {
  const name = path.join('.')
  const value = headers.findLast((header) => header.name === name)?.value
  return value ? Buffer.from(value).toString() : null
}

function tooMuch({ queue, partition, offset }: DeadLetter): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4404',
    what: 'The filter takes too many steps on a dead letter',
    where: `${queue} ${partition}/${offset}`,
    why: 'its text is very long, and the pattern too',
    fix: 'Use contains or startsWith, or ask for a part of the value',
  })
}
