/** Worked cases: what each word of the pattern language finds. */
import { describe, expect, test } from 'vitest'
import { begin } from '../../../src/topology/chain/sequence.ts'
import type { PatternStep } from '../../../src/topology/nodes/pattern.ts'
import { letters, matchesOf, wordsOf } from './runs.ts'

interface Case {
  readonly sequence: { readonly steps: readonly PatternStep[] }
  readonly words: string
  readonly within?: number
  /** Without the time at which they came out, sorted. */
  readonly matches: readonly string[]
}

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((letter) => letters(letter)) as [Fits, Fits, Fits, Fits]
type Fits = (word: string) => boolean

const middle = begin('c', c).followedBy('a', a).oneOrMore()

const cases: Readonly<Record<string, Case>> = {
  'next takes the very next record': {
    sequence: begin('a', a).next('b', b),
    words: 'a1 b1 a2 c b2',
    matches: ['a1 b1'],
  },
  'followedBy takes the first that fits': {
    sequence: begin('a', a).followedBy('b', b),
    words: 'a c b1 b2',
    matches: ['a b1'],
  },
  'followedByAny takes each that fits': {
    sequence: begin('a', a).followedByAny('b', b),
    words: 'a c b1 b2',
    matches: ['a b1', 'a b2'],
  },
  'each record may begin a match': {
    sequence: begin('a', a).followedBy('b', b),
    words: 'a1 a2 b1',
    matches: ['a1 b1', 'a2 b1'],
  },
  'a single step': { sequence: begin('a', a), words: 'a1 b a2', matches: ['a1', 'a2'] },
  'oneOrMore skips what does not fit': {
    sequence: middle.followedBy('b', b),
    words: 'c d1 a1 a2 a3 d2 a4 b',
    matches: ['c a1 b', 'c a1 a2 b', 'c a1 a2 a3 b', 'c a1 a2 a3 a4 b'],
  },
  'oneOrMore consecutive does not': {
    sequence: middle.consecutive().followedBy('b', b),
    words: 'c d1 a1 a2 a3 d2 a4 b',
    matches: ['c a1 b', 'c a1 a2 b', 'c a1 a2 a3 b'],
  },
  'oneOrMore with combinations': {
    sequence: middle.allowCombinations().followedBy('b', b),
    words: 'c d1 a1 a2 a3 d2 a4 b',
    matches: [
      'c a1 b',
      'c a1 a2 b',
      'c a1 a3 b',
      'c a1 a4 b',
      'c a1 a2 a3 b',
      'c a1 a2 a4 b',
      'c a1 a3 a4 b',
      'c a1 a2 a3 a4 b',
    ],
  },
  'oneOrMore at the end tells each length': {
    sequence: begin('a', a).oneOrMore().consecutive(),
    words: 'a1 a2 b a3',
    matches: ['a1', 'a1 a2', 'a2', 'a3'],
  },
  'times exactly': { sequence: begin('a', a).times(2), words: 'a1 b a2 a3', matches: ['a1 a2', 'a2 a3'] },
  'times exactly, consecutive': {
    sequence: begin('a', a).times(2).consecutive(),
    words: 'a1 b a2 a3',
    matches: ['a2 a3'],
  },
  'times from and to': {
    sequence: begin('a', a).times(2, 3).next('b', b),
    words: 'a1 a2 a3 a4 b',
    matches: ['a2 a3 a4 b', 'a3 a4 b'],
  },
  'optional, taken or not': {
    sequence: begin('a', a).followedBy('b', b).optional().followedBy('c', c),
    words: 'a b c',
    matches: ['a b c', 'a c'],
  },
  'optional at the end tells both': {
    sequence: begin('a', a).next('b', b).optional(),
    words: 'a b',
    matches: ['a', 'a b'],
  },
  'optional at the beginning': {
    sequence: begin('a', a).optional().next('b', b),
    words: 'a1 b1 b2',
    matches: ['a1 b1', 'b1', 'b2'],
  },
  'greedy takes all it can': {
    sequence: begin('c', c).followedBy('a', letters('a', 'd')).oneOrMore().greedy().followedBy('d', d),
    words: 'c a1 d1 d2',
    matches: [],
  },
  'greedy leaves only the longest': {
    sequence: begin('a', a).oneOrMore().greedy().followedBy('b', b),
    words: 'a1 c a2 b',
    matches: ['a1 a2 b', 'a2 b'],
  },
  'greedy with a bound lets go there': {
    sequence: begin('c', c).followedBy('a', a).times(1, 2).greedy().followedBy('e', letters('a', 'e')),
    words: 'c a1 a2 a3',
    matches: ['c a1 a2 a3'],
  },
  'greedy at the end waits until no more can follow': {
    sequence: begin('a', a).oneOrMore().consecutive().greedy(),
    words: 'a1 a2 b a3',
    matches: ['a1 a2', 'a2', 'a3'],
  },
  'greedy optional': {
    sequence: begin('a', a).followedBy('b', b).optional().greedy().followedBy('c', letters('b', 'c')),
    words: 'a b1 c1',
    matches: ['a b1 c1'],
  },
  'notNext looks at the very next record': {
    sequence: begin('a', a).notNext('c', c).followedBy('b', b),
    words: 'a1 c1 b1 a2 d c2 b2',
    matches: ['a2 b2'],
  },
  'notNext at the end: with the next record, or without any': {
    sequence: begin('a', a).notNext('c', c),
    words: 'a1 c1 a2 d a3',
    matches: ['a2', 'a3'],
  },
  'notFollowedBy looks at all until the next step': {
    sequence: begin('a', a).notFollowedBy('c', c).followedBy('b', b),
    words: 'a1 b1 a2 d c2 b2',
    matches: ['a1 b1'],
  },
  'notFollowedBy wins where both fit': {
    sequence: begin('a', a).notFollowedBy('no', letters('x')).followedBy('b', letters('x', 'b')),
    words: 'a x1 b',
    matches: [],
  },
  'notFollowedBy after a repeated step holds between its records too': {
    sequence: begin('a', a).oneOrMore().notFollowedBy('c', c).followedBy('b', b),
    words: 'a1 c1 a2 b1',
    matches: ['a2 b1'],
  },
  'notFollowedBy before an optional step holds until a step takes a record': {
    sequence: begin('a', a).notFollowedBy('b', b).followedByAny('c', c).optional().followedByAny('d', d),
    words: 'a1 c1 b1 d1',
    matches: ['a1 c1 d1'],
  },
  'notFollowedBy at the end needs the whole time': {
    sequence: begin('a', a).notFollowedBy('b', b),
    within: 10,
    words: 'a1@0 a2@5 b1@12 a3@20 b2@30',
    matches: ['a1', 'a3'],
  },
  'within counts from the first record and leaves its end out': {
    sequence: begin('a', a).followedBy('b', b),
    within: 10,
    words: 'a1@0 b1@9 a2@20 b2@30 a3@40 c@45 b3@51',
    matches: ['a1 b1'],
  },
  'a predicate sees what the match holds': {
    sequence: begin('first', letters('1', '2', '3'))
      .followedBy('rise', (word: string, { matches }) => Number(word) > Number(matches.rise.at(-1) ?? matches.first[0]))
      .times(2),
    words: '1 3 2 31',
    matches: ['1 3 31'],
  },
}

test.each(Object.entries(cases))('%s', (_name, { sequence, words, within, matches }) => {
  const found = matchesOf({ sequence, ...(within !== undefined && { within }) }, wordsOf(words))
  expect(found.map((match) => match.slice(0, match.indexOf('@'))).toSorted()).toEqual([...matches].toSorted())
})

describe('when a match comes out', () => {
  const patience = begin('a', a).oneOrMore().consecutive().greedy()
  test('a greedy end with the record that ends it', () => {
    expect(matchesOf({ sequence: patience }, wordsOf('a1 a2 b'))).toEqual(['a1 a2@2', 'a2@2'])
  })
  test('notFollowedBy at the end when the time is over, before the record then in hand', () => {
    const sequence = begin('a', a).notFollowedBy('b', b)
    expect(matchesOf({ sequence, within: 10 }, wordsOf('a1@0 c@9 b@10'))).toEqual(['a1@10'])
  })
  test('of one record by their beginning, the longest of one beginning first', () => {
    const sequence = begin('a', a).oneOrMore().followedBy('b', b)
    expect(matchesOf({ sequence }, wordsOf('a1 a2 b'))).toEqual(['a1 a2 b@2', 'a1 b@2', 'a2 b@2'])
  })
})

describe('after a match', () => {
  const sequence = begin('b', b).oneOrMore().next('c', c)
  test('others may overlap with it', () => {
    expect(matchesOf({ sequence }, wordsOf('b1 b2 b3 c'))).toEqual(['b1 b2 b3 c@3', 'b2 b3 c@3', 'b3 c@3'])
  })
  test('past-last ends what began up to its last record', () => {
    expect(matchesOf({ sequence, skip: 'past-last' }, wordsOf('b1 b2 b3 c b4 c2'))).toEqual(['b1 b2 b3 c@3', 'b4 c2@5'])
  })
  test('past-last also ends what is still under way', () => {
    const pairs = begin('a', a).followedBy('b', b).optional()
    expect(matchesOf({ sequence: pairs, skip: 'past-last' }, wordsOf('a1 b1 a2'))).toEqual(['a1@0', 'a2@2'])
  })
})
