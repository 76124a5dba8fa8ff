/**
 * Results that Flink's CEP library gives, for the corners where one could decide otherwise; and the few where we do.
 * Flink tells no order among matches of one record, so they are compared sorted.
 */
import { expect, test } from 'vitest'
import { begin } from '../../../src/topology/chain/sequence.ts'
import { letters, matchesOf, type Trial, wordsOf } from './runs.ts'

interface Case extends Trial {
  readonly words: string
  readonly matches: readonly string[]
}

type Fits = (word: string) => boolean
const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((letter) => letters(letter)) as [Fits, Fits, Fits, Fits, Fits]

const anyGreedy = begin('c', c).followedBy('a', a).oneOrMore().optional().greedy()
const someGreedy = begin('c', c).followedBy('a', a).oneOrMore().greedy()
const guarded = begin('a', a).notFollowedBy('no b', b)
const loop = begin('a', a).notFollowedBy('no c', c).followedBy('b', b).oneOrMore()
const longLoop = 'a b1 b2 b3 c b4 b5 b6 d'
const cut = 'a b1 c b4 b5 b6 d'

const equal: Readonly<Record<string, Case>> = {
  'greedy, none or more, with others between': {
    sequence: anyGreedy.followedBy('d', d),
    words: 'c x a1 x a2 x a3 d',
    matches: ['c a1 a2 a3 d'],
  },
  'greedy, none': { sequence: anyGreedy.followedBy('d', d), words: 'c x d', matches: ['c d'] },
  'greedy, but one is needed': { sequence: someGreedy.followedBy('d', d), words: 'c x d', matches: [] },
  'greedy before an optional step that is not there': {
    sequence: anyGreedy.followedBy('d', d).optional().followedBy('e', e),
    words: 'c a1 a2 x e',
    matches: ['c a1 a2 e'],
  },
  'greedy before an optional step that is': {
    sequence: anyGreedy.followedBy('d', d).optional().followedBy('e', e),
    words: 'c a1 a2 d e',
    matches: ['c a1 a2 e', 'c a1 a2 d e'],
  },
  'greedy and consecutive at the end': {
    sequence: begin('c', c).followedBy('a', a).oneOrMore().optional().consecutive().greedy(),
    words: 'c a1 a2 x a3',
    matches: ['c a1 a2'],
  },
  'greedy with a bound at the end': {
    sequence: begin('c', c).followedBy('a', a).times(2, 5).greedy(),
    words: 'c a1 a2 a3 a4 x',
    matches: ['c a1 a2 a3 a4'],
  },
  'notNext before followedByAny': {
    sequence: begin('a', a).notNext('no b', b).followedByAny('c', c).followedBy('d', d),
    words: 'a c1 b c2 d',
    matches: ['a c1 d', 'a c2 d'],
  },
  'notNext at the end': {
    sequence: begin('a', a).followedByAny('c', c).followedByAny('d', d).notNext('no b', b),
    words: 'a c1 c2 d b',
    matches: [],
  },
  'notNext after a loop ends the loop': {
    sequence: begin('a', a).followedBy('b', b).oneOrMore().notNext('no c', c).followedBy('d', d),
    words: 'a b1 c b2 d',
    matches: [],
  },
  'notNext after a loop that may begin later': {
    sequence: begin('a', a).followedByAny('b', b).oneOrMore().notNext('no c', c).followedBy('d', d),
    words: 'a b1 c b2 d',
    matches: ['a b2 d'],
  },
  'notFollowedBy before followedByAny': {
    sequence: guarded.followedByAny('c', c).followedBy('d', d),
    words: 'a c1 b c2 d',
    matches: ['a c1 d'],
  },
  'notFollowedBy before an optional step': {
    sequence: guarded.followedByAny('c', c).optional().followedBy('d', d),
    words: 'a c1 b c2 d',
    matches: ['a c1 d'],
  },
  'notFollowedBy before an optional number of records': {
    sequence: guarded.followedByAny('c', c).times(2).optional().followedBy('d', d),
    words: 'a c1 b c2 d',
    matches: ['a c1 c2 d'],
  },
  'notFollowedBy and a step that is passed by': {
    sequence: guarded.followedByAny('c', c).times(2).optional().followedBy('d', d),
    words: 'a d1 e b c1 c2 d2',
    matches: ['a d1'],
  },
  'notFollowedBy is not asked for the end of a match that took none of what follows': {
    sequence: guarded.followedByAny('c', c).optional(),
    words: 'a c1 b c2',
    matches: ['a', 'a c1'],
  },
  'notFollowedBy before an optional end, in time': {
    sequence: guarded.followedBy('c', c).times(1, 2).optional(),
    within: 3,
    words: 'a1@1 b1@2 a2@10 c1@11 c2@12 a3@20 c3@21 c4@24',
    matches: ['a1', 'a2', 'a2 c1', 'a2 c1 c2', 'a3', 'a3 c3'],
  },
  'notFollowedBy after so many records holds between them': {
    sequence: begin('a', a).followedByAny('b', b).times(2).notFollowedBy('no c', c).followedBy('d', d),
    words: 'a b1 c b2 d',
    matches: [],
  },
  'notFollowedBy after a loop': {
    sequence: begin('a', a).followedBy('b', b).oneOrMore().notFollowedBy('no c', c).followedBy('d', d),
    words: longLoop,
    matches: [],
  },
  'notFollowedBy after a loop that may begin later': {
    sequence: begin('a', a).followedByAny('b', b).oneOrMore().notFollowedBy('no c', c).followedBy('d', d),
    words: longLoop,
    matches: ['a b4 b5 b6 d', 'a b4 b5 d', 'a b4 d', 'a b5 b6 d', 'a b5 d', 'a b6 d'],
  },
  'notFollowedBy before a loop': {
    sequence: loop.followedBy('d', d),
    words: cut,
    matches: ['a b1 b4 b5 b6 d', 'a b1 b4 b5 d', 'a b1 b4 d', 'a b1 d'],
  },
  'notFollowedBy before a loop with combinations': {
    sequence: loop.optional().allowCombinations().followedBy('d', d),
    words: cut,
    matches: [
      'a b1 b4 b5 b6 d',
      'a b1 b4 b6 d',
      'a b1 b4 b5 d',
      'a b1 b4 d',
      'a b1 b5 b6 d',
      'a b1 b5 d',
      'a b1 b6 d',
      'a b1 d',
    ],
  },
  'notFollowedBy at the end': {
    sequence: guarded,
    within: 3,
    words: 'a1@1 b1@2 a2@4 c@5 b2@10 a3@11 b3@13',
    matches: ['a2'],
  },
  'notFollowedBy at the end, one match for all': {
    sequence: begin('a', a).oneOrMore().allowCombinations().followedBy('c', c).notFollowedBy('no b', b),
    within: 5,
    skip: 'past-last',
    words: 'a1@1 a2@2 a3@3 c1@4 c2@10',
    matches: ['a1 a2 a3 c1'],
  },
}

const different: Readonly<Record<string, Case & { readonly flink: readonly string[] }>> = {
  'a greedy end that may skip waits for all it can take': {
    sequence: anyGreedy,
    words: 'c a1 a2 x a3',
    matches: ['c a1 a2 a3'],
    flink: ['c a1 a2'],
  },
  'an optional end behind a greedy step is as optional as any': {
    sequence: begin('c', c).followedBy('a', a).oneOrMore().consecutive().greedy().followedBy('d', d).optional(),
    words: 'c a1 a2 a3 d',
    matches: ['c a1 a2 a3', 'c a1 a2 a3 d'],
    flink: ['c a1 a2 a3 d'],
  },
  'notNext at the end holds too where nothing follows in time': {
    sequence: begin('a', a).notNext('no b', b),
    within: 3,
    words: 'a1@1 c@9',
    matches: ['a1'],
    flink: [],
  },
}

function found({ words, ...trial }: Case): string[] {
  return matchesOf(trial, wordsOf(words)).map((match) => match.slice(0, match.indexOf('@')))
}

test.each(Object.entries(equal))('as Flink: %s', (_name, trial) => {
  expect(found(trial).toSorted()).toEqual([...trial.matches].toSorted())
})

test.each(Object.entries(different))('unlike Flink: %s', (_name, trial) => {
  expect(found(trial).toSorted()).toEqual([...trial.matches].toSorted())
  expect(trial.flink).not.toEqual(trial.matches)
})
