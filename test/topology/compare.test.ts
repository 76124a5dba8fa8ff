/** What a new version of a topology keeps of the old one. */
import { expect, describe as group, test } from 'vitest'
import {
  type ChangeEffect,
  compareTopologies,
  compile,
  deadLetter,
  describe,
  from,
  type GraphDescription,
  json,
  needsReplay,
  number,
  retryTopics,
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

group('topics that failed records go through', () => {
  const retried = (...delays: readonly { readonly seconds: number }[]) =>
    topology(
      'counts',
      from(words)
        .map((word) => word.length, { onFailure: [retryTopics('slow', delays), deadLetter('bad')] })
        .to(counts),
    )
  const lengthsOf = (input: typeof words) =>
    from(input)
      .map(({ length }) => length, { onFailure: [deadLetter('bad')] })
      .to(counts)
  const changesOf = (before: Topology, next: Topology) =>
    compareTopologies(described(before), described(next)).filter(({ effect, note }) => effect !== 'kept' || note !== '')

  test('a delay less leaves records behind, one more is made', () => {
    const [less, more] = [retried({ seconds: 5 }), retried({ seconds: 5 }, { seconds: 60 })]
    expect(changesOf(less, more)).toMatchObject([{ name: 'counts.retry.slow.1m', effect: 'created' }])
    expect(changesOf(more, less)).toMatchObject([
      { name: 'counts.retry.slow.1m', effect: 'abandoned', note: expect.stringContaining('not read yet are lost') },
    ])
  })

  test('a part of the topology more, before theirs, changes nothing about them', () => {
    const before = retried({ seconds: 5 })
    const grown = topology('counts', lengthsOf(others), ...before.sinks)
    const changes = changesOf(before, grown)
    expect(changes.filter(({ name }) => name.includes('retry'))).toEqual([])
    expect(changes.some(needsReplay)).toBe(false)
  })

  test('nor does one before a repartition topic', () => {
    const grown = topology('counts', lengthsOf(others), ...base.sinks)
    expect(changesOf(base, grown).some(needsReplay)).toBe(false)
  })

  test('a queue that another source feeds as well may have to grow, and nothing is replayed', () => {
    const [one, both] = [topology('counts', lengthsOf(words)), topology('counts', lengthsOf(words), lengthsOf(others))]
    const changes = changesOf(one, both)
    expect(changes).toContainEqual({
      subject: 'topic',
      name: 'counts.dlq.bad',
      effect: 'kept',
      note: 'as many partitions as the largest of words, others: give it more where it has fewer',
    })
    expect(changes.some(needsReplay)).toBe(false)
  })
})
