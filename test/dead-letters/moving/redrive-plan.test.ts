/** What becomes of each letter, in which order, with which headers: the pure part of a redrive. */
import { expect, test } from 'vitest'
import { auditRowOf } from '../../../src/dead-letters/audit.ts'
import { importedLetter } from '../../../src/dead-letters/changing/import-line.ts'
import { placeOfKey } from '../../../src/dead-letters/marks.ts'
import { recordHeaders } from '../../../src/dead-letters/moving/author-headers.ts'
import { inOrder, type PlannedLetter, togetherOf } from '../../../src/dead-letters/moving/redrive-plan.ts'
import { randomInteger, seededRandom } from '../../../src/random.ts'

const header = (name: string, value = ''): { name: string; value: Buffer } => ({ name, value: Buffer.from(value) })

test('each line is in its order, and everything else where it lay', () => {
  const random = seededRandom(5)
  for (let round = 0; round < 200; round++) {
    const letters: PlannedLetter[] = Array.from({ length: randomInteger(random, 0, 40) }, (_, offset) => {
      const line = random.next() < 0.3 ? null : `line ${randomInteger(random, 0, 3)}`
      return { offset, line, sourceOffset: randomInteger(random, 0, 30), bytes: 1 }
    })
    const ordered = inOrder(letters)
    expect([...ordered].sort((one, other) => one.offset - other.offset)).toEqual(letters)
    expect(ordered.map(({ line }) => line)).toEqual(letters.map(({ line }) => line))
    for (const [index, letter] of letters.entries()) if (letter.line === null) expect(ordered[index]).toBe(letter)
    for (const line of Map.groupBy(ordered, (letter) => letter.line).values()) {
      if (line[0]!.line === null) continue
      const sources = line.map(({ sourceOffset }) => sourceOffset)
      expect(sources).toEqual([...sources].sort((one, other) => one - other))
    }
  }
})

test('letters go together by number and by bytes, and one always goes', () => {
  const letters = [10, 10, 50, 200, 10].map((bytes, offset) => ({ offset, line: null, sourceOffset: offset, bytes }))
  const together = (at: number, count = 500): number[] =>
    togetherOf(letters, at, { count, bytes: 100 }).map(({ offset }) => offset)
  expect([together(0), together(2), together(3), together(4), together(5)]).toEqual([[0, 1, 2], [2], [3], [4], []])
  expect(together(0, 2)).toEqual([0, 1])
})

test('only what we wrote is taken from the headers, also from the letter of a letter', () => {
  const author = [header('a'), header('__streams.errors.topic', 'first'), header('__streams.errors.offset', '1')]
  const ours = [header('__streams.errors.topic', 'second'), header('__streams.errors.offset', '2')]
  const tail = [header('__millrace.dlq.version', '1'), header('__millrace.dlq.parked.behind', 'x/0/1')]
  expect(recordHeaders([...author, ...ours, ...tail])).toEqual(author)
  expect(recordHeaders([...author, header('__millrace.mark', 'forged'), ...ours, ...tail])).toEqual(author)
  expect(recordHeaders(author)).toEqual(author)
  expect(recordHeaders([])).toEqual([])
})

test('keys of marks are places, and nothing else is', () => {
  expect(placeOfKey('a.dlq.b/3/17')).toEqual({ topic: 'a.dlq.b', partition: 3, offset: 17 })
  for (const key of ['', '#job/a.dlq.b:x', '#progress/x/1', 'a/b/c', 'a/1', 'a/1/2/3', 'a/-1/2', 'a/1/1e3'])
    expect(placeOfKey(key)).toBeNull()
})

test('what is no row of the audit is none', () => {
  const row = { at: '2026-11-21T00:00:00Z', who: 'ada', action: 'edit', target: 'x', detail: { copy: '0/1' } }
  expect(auditRowOf(JSON.stringify(row))).toEqual(row)
  expect(auditRowOf(JSON.stringify({ ...row, detail: undefined }))).toEqual({ ...row, detail: {} })
  for (const text of ['', 'null', '[]', '1', '{"at":1}', JSON.stringify({ ...row, who: null })])
    expect(auditRowOf(text)).toBeNull()
})

test.each([
  ['', 'no JSON'],
  ['[]', 'no object'],
  ['null', 'no object'],
  ['{"partition":-1}', 'partition is no whole number'],
  ['{"partition":0,"timestamp":"soon"}', 'timestamp is no whole number of milliseconds'],
  ['{"partition":0,"timestamp":"1"}', 'key is neither base64 nor null'],
  ['{"partition":0,"timestamp":"1","key":null,"value":"*"}', 'value is neither base64 nor null'],
  ['{"partition":0,"timestamp":"1","key":null,"value":"e30","headers":[]}', 'value is neither base64 nor null'],
  ['{"partition":0,"timestamp":"1","key":null,"value":null,"headers":{}}', 'headers are no list of name and value'],
  ['{"partition":0,"timestamp":"1","key":null,"value":null,"headers":[{}]}', 'headers are no list of name and value'],
])('the line %j is refused: %s', (line, problem) => {
  expect(importedLetter(line)).toBe(problem)
})
