/** Whole topologies: the result depends on event time alone, whatever the order of arrival and however often it restarts. */
import { describe, expect, test } from 'vitest'
import { begin, from, json, skip, text, topic, topology } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive, type Flow } from '../../../src/testing/index.ts'
import type { PatternOptions, Sequence } from '../../../src/topology/steps/pattern.ts'
import { letters, matchesOf, wordsOf } from './runs.ts'

const input = topic('in', { key: text, value: json<string>() })
const output = topic('out', { key: text, value: json<string>() })
const lateOutput = topic('late', { key: text, value: json<string>() })

type Words = Readonly<Record<string, readonly string[]>>
type Options = PatternOptions<string, string, Words, string>

const [isA, isB, isC] = [letters('a'), letters('b'), letters('c')]
const within = { milliseconds: 12 }
const select: Options['select'] = (matches) => Object.values(matches).flat().join(' ')

const strict = begin('a', isA).next('b', isB)
const relaxed = begin('a', isA).followedBy('b', isB).oneOrMore().followedBy('c', isC)
const any = begin('a', isA).followedByAny('b', isB).optional().followedByAny('c', isC)
const absent = begin('a', isA).notFollowedBy('b', isB)
const greedy = begin('a', isA).followedBy('b', letters('b', 'd')).times(1, 3).greedy()
const sequences: Readonly<Record<string, Sequence<string, Words>>> = { strict, relaxed, any, absent, greedy }

interface Event {
  readonly key: string
  readonly value: string
  readonly time: number
}

/** Of one time at most one record of a key: ties are in the order they come, so no shuffle may touch them. */
function events(random: Random): Event[] {
  const times = Array.from({ length: 30 }, (_, index) => index * 2 + randomInteger(random, 0, 1))
  return times.map((time, index) => ({
    key: 'xy'.charAt(randomInteger(random, 0, 1)),
    value: `${'abcd'.charAt(randomInteger(random, 0, 3))}${index}`,
    time,
  }))
}

/** No record comes behind one that is more than `disorder` younger. */
function shuffled(random: Random, sorted: readonly Event[], disorder: number): Event[] {
  return sorted
    .map((event) => ({ event, at: event.time + randomInteger(random, 0, disorder) }))
    .sort((one, other) => one.at - other.at)
    .map(({ event }) => event)
}

function open(sequence: Sequence<string, Words>, disorder: number, options: Partial<Options> = {}): Flow {
  const found = from(input, { outOfOrderness: { milliseconds: disorder }, onFailure: [skip()] }).pattern(
    'found',
    sequence,
    { within, select, ...options },
  )
  return drive(topology('app', found.to(output), found.late.map(({ value }) => value).to(lateOutput)))
}

function put(flow: Flow, arrivals: readonly Event[], after: (index: number) => void = () => {}): void {
  arrivals.forEach(({ key, value, time }, index) => {
    flow.put(input, value, { key, time })
    after(index)
  })
}

function taken(flow: Flow): string[] {
  return flow.take(output).map(({ key, value, time }) => `${key}: ${value}@${time}`)
}

/** What the automaton alone finds in the sorted records of each key. */
function expected(sequence: Sequence<string, Words>, sorted: readonly Event[]): string[] {
  return ['x', 'y'].flatMap((key) => {
    const words = sorted.filter((event) => event.key === key).map(({ value, time }) => ({ word: value, time }))
    const timeOf = new Map(words.map(({ word, time }) => [word, time]))
    return matchesOf({ sequence, within: within.milliseconds }, words).map((match) => {
      const line = match.slice(0, match.indexOf('@'))
      return `${key}: ${line}@${timeOf.get(line.split(' ').at(-1)!)}`
    })
  })
}

const seeds = Array.from({ length: 6 }, (_, seed) => seed)

describe.each(Object.entries(sequences))('%s', (_name, sequence) => {
  test.each(seeds)('seed %i: any order within the disorder gives the same', (seed) => {
    const random = seededRandom(seed)
    const sorted = events(random)
    const outputs = [0, 3, 9].map((disorder) => {
      const flow = open(sequence, disorder)
      put(flow, shuffled(random, sorted, disorder))
      flow.end()
      expect(flow.take(lateOutput)).toEqual([])
      return taken(flow)
    })
    expect(outputs[1]).toEqual(outputs[0])
    expect(outputs[2]).toEqual(outputs[0])
    expect(outputs[0]!.toSorted()).toEqual(expected(sequence, sorted).toSorted())
  })

  test.each(seeds)('seed %i: a restart between any two records changes nothing', (seed) => {
    const random = seededRandom(seed)
    // More disorder than the source admits: what is late before a restart is late after it.
    const arrivals = shuffled(random, events(random), 9)
    const [steady, restarted] = [open(sequence, 5), open(sequence, 5)]
    put(steady, arrivals)
    put(restarted, arrivals, () => restarted.restart())
    for (const flow of [steady, restarted]) flow.end()
    expect(taken(restarted)).toEqual(taken(steady))
    expect(restarted.take(lateOutput)).toEqual(steady.take(lateOutput))
  })
})

// Where a match comes out with its last record, that record is there to be blamed.
describe.each(Object.entries(sequences))('%s', (_name, sequence) => {
  test.each(seeds)('seed %i: rejected records leave nothing, with and without restarts', (seed) => {
    const random = seededRandom(seed)
    const arrivals = shuffled(random, events(random), 4)
    const bad = new Set(arrivals.filter(() => randomInteger(random, 0, 5) === 0).map(({ value }) => value))
    const refusing: Options['select'] = (matches, context) => {
      const line = select(matches, context)
      if (bad.has(line.split(' ').at(-1)!)) throw new Error('refused')
      return line
    }
    const [steady, restarted] = [0, 1].map(() => open(sequence, 0, { select: refusing })) as [Flow, Flow]
    put(steady, arrivals)
    put(restarted, arrivals, () => restarted.restart())
    expect(taken(restarted)).toEqual(taken(steady))
    expect(restarted.take(lateOutput)).toEqual(steady.take(lateOutput))
  })
})

test('the same behind a repartition topic, where only marks move time', () => {
  const found = from(input)
    .keyBy('by-letter', () => 'all')
    .pattern('found', begin('a', isA).followedBy('b', isB), { within, select })
  const flow = drive(topology('app', found.to(output)))
  put(
    flow,
    wordsOf('a1 c2 b3').map(({ word, time }) => ({ key: word, value: word, time })),
  )
  expect(taken(flow)).toEqual(['all: a1 b3@2'])
})
