/** What a new version of a topology keeps of the old one. */
import { expect, describe as group, test } from 'vitest'
import {
  type ChangeEffect,
  compareTopologies,
  compile,
  describe,
  from,
  type GraphDescription,
  json,
  needsReplay,
  number,
  type Serde,
  type Topology,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'

const words = topic('words', { key: text, value: text })
const others = topic('others', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const byWord = from(words).keyBy('word', (word) => word)
const minutes = byWord.window(tumbling({ minutes: 1 }))

function described(built: Topology): GraphDescription {
  return JSON.parse(describe(compile(built), 'json')) as GraphDescription
}

const base = topology('counts', minutes.count('per-minute').to(counts))

function effects(before: Topology | null, next: Topology): Record<string, ChangeEffect> {
  const changes = compareTopologies(before && described(before), described(next))
  return Object.fromEntries(changes.map(({ subject, name, effect }) => [`${subject} ${name}`, effect]))
}

function lengthIn(version: number): Serde<number> {
  return {
    ...number,
    name: 'length',
    version,
    decodeVersion: (_, bytes, start, end) => number.decode(bytes, start, end),
  }
}

function lengths(serde: Serde<number>): Topology {
  const add = (sum: number, word: string): number => sum + word.length
  return topology('counts', byWord.aggregate('lengths', { as: serde, start: 0, add }).to(counts))
}

const cases: readonly [name: string, before: Topology | null, next: Topology, Record<string, ChangeEffect>][] = [
  [
    'the same',
    base,
    base,
    { 'store per-minute': 'kept', 'topic counts.word.repartition': 'kept', 'input words': 'kept' },
  ],
  ['nothing deployed', null, base, { 'store per-minute': 'created', 'topic counts.word.repartition': 'created' }],
  [
    'other emission',
    base,
    topology('counts', minutes.count('per-minute').updates().to(counts)),
    { 'store per-minute': 'kept' },
  ],
  [
    'a stateless step more',
    base,
    topology(
      'counts',
      minutes
        .count('per-minute')
        .filter((count) => count > 1)
        .to(counts),
    ),
    { 'store per-minute': 'kept' },
  ],
  [
    'a store of another name',
    base,
    topology('counts', minutes.count('every-minute').to(counts)),
    { 'store per-minute': 'abandoned', 'store every-minute': 'created' },
  ],
  [
    'windows of another size',
    base,
    topology(
      'counts',
      byWord
        .window(tumbling({ minutes: 2 }))
        .count('per-minute')
        .to(counts),
    ),
    { 'store per-minute': 'rebuilt' },
  ],
  [
    'another repartition topic',
    base,
    topology(
      'counts',
      from(words)
        .keyBy('by-word', (word) => word)
        .window(tumbling({ minutes: 1 }))
        .count('per-minute')
        .to(counts),
    ),
    {
      'topic counts.word.repartition': 'abandoned',
      'topic counts.by-word.repartition': 'created',
      'sub-topology counts.word.repartition': 'abandoned',
    },
  ],
  [
    'another number of partitions',
    base,
    topology(
      'counts',
      from(words)
        .keyBy('word', (word) => word, { partitions: 3 })
        .window(tumbling({ minutes: 1 }))
        .count('per-minute')
        .to(counts),
    ),
    { 'topic counts.word.repartition': 'rebuilt' },
  ],
  [
    'an input more',
    base,
    topology(
      'counts',
      minutes.count('per-minute').to(counts),
      from(others)
        .map(() => 1)
        .to(counts),
    ),
    { 'input others': 'created', 'sub-topology others': 'created', 'store per-minute': 'kept' },
  ],
  ['values of a later version', lengths(lengthIn(1)), lengths(lengthIn(2)), { 'store lengths': 'migrated' }],
  ['values of an earlier version', lengths(lengthIn(2)), lengths(lengthIn(1)), { 'store lengths': 'rebuilt' }],
  ['values written otherwise', lengths(number), lengths(json<number>()), { 'store lengths': 'rebuilt' }],
]

group('compareTopologies', () => {
  test.each(cases)('%s', (_, before, next, expected) => {
    expect(effects(before, next)).toMatchObject(expected)
  })

  test.each<[string, Topology, boolean]>([
    ['the same', base, false],
    ['a new store', topology('counts', minutes.count('every-minute').to(counts)), true],
    [
      'other windows',
      topology(
        'counts',
        byWord
          .window(tumbling({ hours: 1 }))
          .count('per-minute')
          .to(counts),
      ),
      true,
    ],
    [
      'a filter',
      topology(
        'counts',
        minutes
          .count('per-minute')
          .filter(() => true)
          .to(counts),
      ),
      false,
    ],
  ])('a replay is needed or not: %s', (_, next, expected) => {
    expect(compareTopologies(described(base), described(next)).some(needsReplay)).toBe(expected)
  })
})
