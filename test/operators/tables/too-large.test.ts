/** A row that its changelog would not take is found at the commit, and must be the reject of its record. */
import { expect, test } from 'vitest'
import { from, table, text, topic, topology, versionedTable } from '../../../src/index.ts'
import { drive } from '../../../src/testing/index.ts'
import { lengthsOf, ms } from './kit.ts'

const lengths = topic('lengths', { key: text, value: text })
const large = 'x'.repeat(600_000)

test('a sum that outgrew its changelog rejects the record that made it so, and the sum stays as it was', () => {
  const lines = topic('lines', { key: text, value: text })
  const sums = from(lines).aggregate('sums', { as: text, start: '', add: (sum: string, line) => sum + line })
  const flow = drive(topology('app', sums.map((sum) => String(sum.length)).to(lengths)))
  flow.put(lines, large, { key: 'a', time: 1 })
  flow.put(lines, large, { key: 'a', time: 2 })
  flow.put(lines, 'y', { key: 'a', time: 3 })
  expect(lengthsOf(flow, lengths)).toEqual(['600000@1', '600001@3'])
  const [letter, ...more] = flow.deadLetters('lines')
  expect(more).toEqual([])
  expect(letter!.headers['__millrace.error.code'] ?? JSON.stringify(letter!.headers)).toContain('MR3005')
  flow.restart()
  flow.put(lines, 'z', { key: 'a', time: 4 })
  expect(lengthsOf(flow, lengths)).toEqual(['600002@4'])
})

const plain = table('rows', { value: text })
const versioned = versionedTable('rows', { value: text, history: ms(10) })

test.each([
  ['a table', plain, from(plain)],
  ['a versioned table', versioned, from(versioned)],
])('a row too large for the changelog of %s is a dead letter', (_name, rows, made) => {
  const flow = drive(
    topology(
      'app',
      made
        .toStream()
        .map((row) => `${row?.length}`)
        .to(lengths),
    ),
  )
  flow.put(rows, 'x', { key: 'a', time: 1 })
  flow.put(rows, large + large, { key: 'a', time: 2 })
  flow.put(rows, 'yy', { key: 'b', time: 3 })
  expect(lengthsOf(flow, lengths)).toEqual(['1@1', '2@3'])
  expect(flow.deadLetters('rows')).toHaveLength(1)
})
