import { describe, expect, test } from 'vitest'
import { from, json, number, table, text, topic, topology } from '../../../src/index.ts'
import { codeOf, driven, ms, output } from './kit.ts'

/** Rows are `group:value`. */
const rows = table('rows', { key: text, value: json<string>() })
const groupOf = (value: string): string => value.split(':')[0]!
const grouped = () => from(rows, { order: 'arrival' }).groupBy('by-group', groupOf)
const append = (sum: string, value: string): string => `${sum}+${value}`
const takeBack = (sum: string, value: string): string => `${sum}-${value}`
const appended = { as: text, start: '0', add: append, subtract: takeBack }

describe('a fold of a table', () => {
  test.each<[name: string, updates: [string, string | null, number][], said: string[][]]>([
    ['a new row is added', [['a', 'g:1', 1]], [['g=0+g:1@1']]],
    [
      'a changed row of one group is one combined change: the old one is subtracted, then the new one added',
      [
        ['a', 'g:1', 1],
        ['a', 'g:2', 2],
      ],
      [['g=0+g:1@1'], ['g=0+g:1-g:1+g:2@2']],
    ],
    [
      'a row that changes its group is subtracted there, then added here',
      [
        ['a', 'g:1', 1],
        ['a', 'h:2', 2],
      ],
      [['g=0+g:1@1'], ['g=0+g:1-g:1@2', 'h=0+h:2@2']],
    ],
    [
      'a deleted row is subtracted',
      [
        ['a', 'g:1', 1],
        ['a', null, 2],
      ],
      [['g=0+g:1@1'], ['g=0+g:1-g:1@2']],
    ],
    ['a deletion of what is not there says nothing', [['a', null, 1]], [[]]],
    [
      'the time is the largest that the group has seen',
      [
        ['a', 'g:1', 10],
        ['b', 'g:2', 5],
        ['c', 'g:3', 20],
      ],
      [['g=0+g:1@10'], ['g=0+g:1+g:2@10'], ['g=0+g:1+g:2+g:3@20']],
    ],
  ])('%s', (_name, updates, said) => {
    const { put } = driven(topology('app', grouped().aggregate('sums', appended).to(output)), rows)
    expect(updates.map(([key, value, time]) => put(key, value, time))).toEqual(said)
  })

  test('what is taken back is what was given, not what the group would be today', () => {
    let moved = ''
    const turning = from(rows).groupBy('by-group', (value) => `${groupOf(value)}${moved}`)
    const { put, flow } = driven(topology('app', turning.count('counts').to(output)), rows)
    put('a', 'g:1', 1)
    moved = '!'
    flow.restart()
    expect(put('a', 'g:2', 2)).toEqual(['g=0@2', 'g!=1@2'])
  })

  test('count goes down again', () => {
    const { put } = driven(topology('app', grouped().count('counts').to(output)), rows)
    expect(put('a', 'g:1', 1)).toEqual(['g=1@1'])
    expect(put('b', 'g:1', 2)).toEqual(['g=2@2'])
    expect(put('a', null, 3)).toEqual(['g=1@3'])
    expect(put('b', 'h:1', 4)).toEqual(['g=0@4', 'h=1@4'])
  })

  test('reduce starts from the first value; null from subtract deletes the row', () => {
    const reduced = grouped().reduce('sums', {
      add: append,
      subtract: (sum, value) => (sum === value ? null : takeBack(sum, value)),
    })
    const { put } = driven(topology('app', reduced.to(output)), rows)
    expect(put('a', 'g:1', 1)).toEqual(['g=g:1@1'])
    expect(put('b', 'g:2', 2)).toEqual(['g=g:1+g:2@2'])
    expect(put('b', null, 3)).toEqual(['g=g:1+g:2-g:2@3'])
    const { put: one } = driven(topology('app', reduced.to(output)), rows)
    one('a', 'g:1', 1)
    expect(one('a', null, 2)).toEqual(['g=∅@2'])
    expect(one('a', 'g:1', 1)).toEqual(['g=g:1@1'])
  })

  test('an older update of an event-time table takes nothing back', () => {
    const counted = from(rows).groupBy('by-group', groupOf).count('counts')
    const { put } = driven(topology('app', counted.to(output)), rows)
    put('a', 'g:1', 10)
    expect(put('a', 'h:1', 9)).toEqual([])
  })

  test('a restart between any two changes loses nothing', () => {
    const { put, flow } = driven(topology('app', grouped().aggregate('sums', appended).to(output)), rows)
    put('a', 'g:1', 1)
    flow.restart()
    expect(put('a', 'g:2', 2)).toEqual(['g=0+g:1-g:1+g:2@2'])
    flow.restart()
    expect(put('a', null, 3)).toEqual(['g=0+g:1-g:1+g:2-g:2@3'])
  })

  test('a group that is null rejects the record, and the table keeps its row', () => {
    const groups = from(rows).groupBy('by-group', (value) => (value === 'bad' ? (null as unknown as string) : value))
    const { put, flow } = driven(topology('app', groups.count('counts').to(output)), rows)
    put('a', 'g', 1)
    expect(put('a', 'bad', 2)).toEqual([])
    expect(flow.deadLetters('rows')).toHaveLength(1)
    expect(put('a', 'h', 3)).toEqual(['g=0@3', 'h=1@3'])
  })

  test('a fold that returns undefined rejects the change', () => {
    const broken = grouped().aggregate('sums', { ...appended, subtract: () => undefined as unknown as string })
    const { put, flow } = driven(topology('app', broken.to(output)), rows)
    put('a', 'g:1', 1)
    expect(put('a', null, 2)).toEqual([])
    expect(flow.deadLetters('by-group')).toHaveLength(1)
  })

  test('a fold that changes its sum in place fails in the first test', () => {
    const changing = { as: json<string[]>(), start: [], add: (sum: string[]) => sum, subtract: (sum: string[]) => sum }
    const pushing = { ...changing, subtract: (sum: string[], value: string) => [sum, sum.push(value)][0] as string[] }
    const { put, flow } = driven(topology('app', grouped().aggregate('sums', pushing).to(output)), rows)
    put('a', 'g:1', 1)
    put('a', null, 2)
    expect(flow.deadLetters('by-group')).toHaveLength(1)
  })

  test('two folds of one grouping read one repartition topic', () => {
    const groups = grouped()
    const made = topology('app', groups.count('counts').to(output), groups.aggregate('sums', appended).to(output))
    const { put } = driven(made, rows)
    expect(put('a', 'g:1', 1)).toEqual(['g=1@1', 'g=0+g:1@1'])
  })

  test('keys and values of other serdes', () => {
    const numbers = table('numbers', { key: text, value: json<{ at: string }>() })
    const sums = from(numbers)
      .groupBy('by-length', ({ at }) => at.length, { key: number })
      .aggregate('sums', {
        as: number,
        start: 0,
        add: (sum, { at }) => sum + at.length,
        subtract: (sum, { at }) => sum - at.length,
      })
    const out = topic('sums-out', { key: number, value: number })
    const { flow } = driven(topology('app', sums.to(out)))
    flow.put(numbers, { at: 'abc' }, { key: 'a', time: 1 })
    flow.put(numbers, { at: 'abcd' }, { key: 'a', time: 2 })
    expect(flow.take(out).map(({ key, value }) => [key, value])).toEqual([
      [3, 3],
      [3, 0],
      [4, 4],
    ])
  })

  test('a folded table can be grouped again', () => {
    const counts = grouped().count('counts')
    const spread = counts.groupBy('by-count', (count) => String(count)).count('spread')
    const { put } = driven(topology('app', spread.to(output)), rows)
    expect(put('a', 'g:1', 1)).toEqual(['1=1@1'])
    expect(put('b', 'h:1', 2)).toEqual(['1=2@2'])
    expect(put('c', 'g:1', 3)).toEqual(['1=1@3', '2=1@3'])
  })

  test('partitions and names are checked', () => {
    expect(codeOf(() => from(rows).groupBy('by-group', groupOf, { partitions: 0 }))).toBe('MR1003')
    expect(codeOf(() => from(rows).groupBy('no slash/', groupOf))).toBe('MR4002')
  })
})

test('deletions by time to live are not taken back', () => {
  const { put } = driven(
    topology(
      'app',
      from(rows, { ttl: ms(10) })
        .groupBy('by', groupOf)
        .count('counts')
        .to(output),
    ),
    rows,
  )
  put('a', 'g:1', 1)
  expect(put('b', 'g:1', 100)).toEqual(['g=2@100'])
})
