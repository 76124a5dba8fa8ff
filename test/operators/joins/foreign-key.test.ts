/** `semantics.md` 3.6 (foreign key), 3.8 and C5, step by step. */
import { describe, expect, test } from 'vitest'
import { deadLetter, from, topology } from '../../../src/index.ts'
import { drive } from '../../../src/testing/drive.ts'
import type { Topology } from '../../../src/topology/topology.ts'
import { leftTable, output, play, put, rightTable, said, step } from './script.ts'

type Kind = 'inner' | 'left'
type Tombstones = 'needed' | 'kafka-streams'

/** Left values are `v|fk`; without a bar they name no right row. */
const foreignKey = (value: string): string | null => value.split('|')[1] ?? null
const both = (value: string, row: string | undefined): string => `(${value},${row ?? 'null'})`

const joined = (kind: Kind, tombstones: Tombstones = 'needed'): Topology => {
  const [one, other] = [from(leftTable, { order: 'arrival' }), from(rightTable, { order: 'arrival' })]
  const result =
    kind === 'inner'
      ? one.foreignKeyJoin('by-fk', other, foreignKey, both, { tombstones })
      : one.leftForeignKeyJoin('by-fk', other, foreignKey, both, { tombstones })
  return topology('app', result.to(output))
}

/** Times don't matter here: what came out of each line, without them. */
const out = (made: Topology, lines: readonly string[]): string[] =>
  play(
    made,
    lines.map((line, index) => `${line}@${index + 1}`),
  ).map((line) => line.replace(/@\d+/g, ''))

const a = ['R rhs1=rv1', 'R rhs2=rv2', 'R rhs3=rv3', 'L lhs1=v1|rhs1', 'L lhs2=v2|rhs2', 'L lhs3=v3|rhs1', 'L lhs1=∅']
const b = ['L lhs1=v1|rhs1', 'L lhs2=v2|rhs2', 'L lhs3=v3|rhs1', 'R rhs1=rv1', 'R rhs3=rv3', 'R rhs1=∅']
const c = ['L lhs1=v1|rhs1', 'L lhs1=v1|rhs2', 'R rhs3=rv3']
const d = ['L lhs1=v1|rhs1', 'L lhs1=∅', 'L lhs1=∅', 'L never=∅']

describe('C5', () => {
  test.each<[string, Kind, Tombstones, readonly string[], readonly string[]]>([
    [
      'a',
      'inner',
      'needed',
      a,
      ['', '', '', 'lhs1=(v1|rhs1,rv1)', 'lhs2=(v2|rhs2,rv2)', 'lhs3=(v3|rhs1,rv1)', 'lhs1=∅'],
    ],
    [
      'a',
      'inner',
      'kafka-streams',
      a,
      ['', '', '', 'lhs1=(v1|rhs1,rv1)', 'lhs2=(v2|rhs2,rv2)', 'lhs3=(v3|rhs1,rv1)', 'lhs1=∅'],
    ],
    [
      'a',
      'left',
      'needed',
      a,
      ['', '', '', 'lhs1=(v1|rhs1,rv1)', 'lhs2=(v2|rhs2,rv2)', 'lhs3=(v3|rhs1,rv1)', 'lhs1=∅'],
    ],
    ['b', 'inner', 'needed', b, ['', '', '', 'lhs1=(v1|rhs1,rv1) lhs3=(v3|rhs1,rv1)', '', 'lhs1=∅ lhs3=∅']],
    ['b', 'inner', 'kafka-streams', b, ['', '', '', 'lhs1=(v1|rhs1,rv1) lhs3=(v3|rhs1,rv1)', '', 'lhs1=∅ lhs3=∅']],
    [
      'b',
      'left',
      'needed',
      b,
      [
        'lhs1=(v1|rhs1,null)',
        'lhs2=(v2|rhs2,null)',
        'lhs3=(v3|rhs1,null)',
        'lhs1=(v1|rhs1,rv1) lhs3=(v3|rhs1,rv1)',
        '',
        'lhs1=(v1|rhs1,null) lhs3=(v3|rhs1,null)',
      ],
    ],
    ['c', 'inner', 'needed', c, ['', '', '']],
    ['c', 'inner', 'kafka-streams', c, ['', 'lhs1=∅', '']],
    ['c', 'left', 'needed', c, ['lhs1=(v1|rhs1,null)', 'lhs1=(v1|rhs2,null)', '']],
    ['d', 'inner', 'needed', d, ['', '', '', '']],
    ['d', 'inner', 'kafka-streams', d, ['', 'lhs1=∅', '', '']],
    ['d', 'left', 'needed', d, ['lhs1=(v1|rhs1,null)', 'lhs1=∅', '', '']],
    ['e', 'left', 'needed', ['L lhs1=v'], ['lhs1=(v,null)']],
  ])('%s, %s, tombstones %s', (_name, kind, tombstones, lines, expected) => {
    expect(out(joined(kind, tombstones), lines)).toEqual(expected)
  })

  test('e, inner: a row that names none is rejected', () => {
    const one = from(leftTable, { onFailure: [deadLetter('failed')] })
    const result = one.foreignKeyJoin('by-fk', from(rightTable), foreignKey, both)
    const flow = drive(topology('app', result.to(output)), { now: 0 })
    put(flow, step('L lhs1=v@1'))
    expect(said(flow)).toEqual([])
    expect(flow.deadLetters('failed')).toMatchObject([{ value: Buffer.from('v') }])
  })
})

describe('a left row', () => {
  test('that moves to another right row no longer follows the first', () => {
    expect(out(joined('inner'), ['R x=1', 'R y=2', 'L k=v|x', 'L k=v|y', 'R x=3', 'R y=4'])).toEqual([
      '',
      '',
      'k=(v|x,1)',
      'k=(v|y,2)',
      '',
      'k=(v|y,4)',
    ])
  })

  test('that moves to a right row that is missing is taken back, by an inner join', () => {
    expect(out(joined('inner'), ['R x=1', 'L k=v|x', 'L k=v|y', 'R y=2'])).toEqual([
      '',
      'k=(v|x,1)',
      'k=∅',
      'k=(v|y,2)',
    ])
  })

  test('that names none any more is joined with nothing, by a left join', () => {
    expect(out(joined('left'), ['R x=1', 'L k=v|x', 'L k=w', 'R x=2', 'L k=∅'])).toEqual([
      '',
      'k=(v|x,1)',
      'k=(w,null)',
      '',
      'k=∅',
    ])
  })

  test('that is deleted and comes back', () => {
    expect(out(joined('inner'), ['R x=1', 'L k=v|x', 'L k=∅', 'R x=2', 'L k=w|x'])).toEqual([
      '',
      'k=(v|x,1)',
      'k=∅',
      '',
      'k=(w|x,2)',
    ])
  })
})

describe('the result', () => {
  test.each([
    [['R x=1@9', 'L k=v|x@4'], 'k=(v|x,1)@9'],
    [['R x=1@4', 'L k=v|x@9'], 'k=(v|x,1)@9'],
    [['L k=v|x@4', 'R x=1@9'], 'k=(v|x,1)@9'],
    // As in Kafka Streams: what a right row makes come out has its time.
    [['L k=v|x@9', 'R x=1@4'], 'k=(v|x,1)@4'],
    [['R x=1@9', 'L k=v|x@4', 'L k=∅@5'], 'k=∅@9'],
  ])('of %s is %s: the later of both times, but for what a right row makes come out', (lines, expected) => {
    expect(play(joined('inner'), lines).at(-1)).toBe(expected)
  })

  test('only rows of the whole key match, not of its beginning', () => {
    expect(out(joined('inner'), ['L k=v|x', 'R xx=1', 'R x=2'])).toEqual(['', '', 'k=(v|x,2)'])
  })

  test('is a table that can be joined', () => {
    const orders = from(leftTable)
    const named = orders.leftForeignKeyJoin('by-fk', from(rightTable), foreignKey, both)
    const again = orders.join(named, (order, result) => `${order}+${result}`)
    const lines = ['R x=1', 'L k=v|x', 'R x=2', 'L k=∅']
    expect(out(topology('app', again.to(output)), lines).map((line) => line.split(' ').at(-1))).toEqual([
      '',
      'k=v|x+(v|x,1)',
      'k=v|x+(v|x,2)',
      'k=∅',
    ])
  })

  test('joins a table with itself', () => {
    const people = from(leftTable)
    const result = people.leftForeignKeyJoin('boss', people, foreignKey, both)
    expect(out(topology('app', result.to(output)), ['L ann=a', 'L bob=b|ann', 'L ann=c'])).toEqual([
      'ann=(a,null)',
      'bob=(b|ann,a)',
      'bob=(b|ann,c) ann=(c,null)',
    ])
  })
})
