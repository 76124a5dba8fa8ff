/** What comes out of windows does not depend on how their inputs are interleaved, while disorder is within bounds. */
import { describe, expect, test } from 'vitest'
import {
  cumulate,
  from,
  hopping,
  json,
  type KeyedStream,
  session,
  sliding,
  text,
  topic,
  topology,
  tumbling,
  versionedTable,
  type Window,
} from '../../src/index.ts'
import { drive } from '../../src/testing/drive.ts'
import { drawOf } from '../streams/draw.ts'

interface Put {
  readonly side: 'left' | 'right'
  readonly key: string
  readonly value: string
  readonly time: number
}

const disorder = 12
const ms = (milliseconds: number) => ({ milliseconds })
const out = topic('out', { key: text, value: json<unknown>() })
const topics = {
  left: topic('left', { key: text, value: text }),
  right: topic('right', { key: text, value: text }),
}
const rows = versionedTable('right', { value: text, history: ms(1_000) })

/** How much a source says it is out of order, and how much grace its operators give: together they take the disorder. */
const sharings = [
  { outOfOrderness: 0, grace: disorder },
  { outOfOrderness: disorder, grace: 0 },
  { outOfOrderness: 5, grace: disorder - 5 },
] as const
type Sharing = (typeof sharings)[number]

const read = (side: 'left' | 'right', { outOfOrderness }: Sharing) =>
  from(topics[side], { idle: 'off', outOfOrderness: ms(outOfOrderness) })

/** Both topics through a topic of their keys. */
const both = (sharing: Sharing) =>
  read('left', sharing)
    .merge(read('right', sharing))
    .keyBy('by', (_value, { key }) => key)

/** Sorted: a fold that does not depend on the order. */
const gather = {
  as: json<string[]>(),
  start: [] as string[],
  add: (all: string[], value: string) => [...all, value].sort(),
}
const unite = (one: string[], other: string[]): string[] => [...one, ...other].sort()

const shown = (results: KeyedStream<string, string[], Window>) =>
  results.map((all, { window }) => [window.start.getTime(), window.end.getTime(), ...all]).to(out)

const within = (sharing: Sharing) => ({ before: ms(7), after: ms(3), grace: ms(sharing.grace) })
const pair = (left?: string, right?: string): string => `${left}~${right}`

const kinds = [
  {
    name: 'tumbling windows',
    build: (sharing: Sharing) =>
      shown(
        both(sharing)
          .window(tumbling(ms(10), { grace: ms(sharing.grace) }))
          .aggregate('fold', gather),
      ),
  },
  {
    name: 'hopping windows',
    build: (sharing: Sharing) =>
      shown(
        both(sharing)
          .window(hopping(ms(10), { every: ms(4), grace: ms(sharing.grace) }))
          .aggregate('fold', gather),
      ),
  },
  {
    name: 'cumulating windows',
    build: (sharing: Sharing) =>
      shown(
        both(sharing)
          .window(cumulate(ms(12), { step: ms(4), grace: ms(sharing.grace) }))
          .aggregate('fold', gather),
      ),
  },
  {
    name: 'sliding windows',
    build: (sharing: Sharing) =>
      shown(
        both(sharing)
          .window(sliding(ms(6), { grace: ms(sharing.grace) }))
          .aggregate('fold', gather),
      ),
  },
  {
    name: 'sessions',
    build: (sharing: Sharing) =>
      shown(
        both(sharing)
          .window(session(ms(4), { grace: ms(sharing.grace) }))
          .aggregate('fold', { ...gather, merge: unite }),
      ),
  },
  {
    name: 'joined streams',
    build: (sharing: Sharing) =>
      read('left', sharing).join('join', read('right', sharing), pair, within(sharing)).to(out),
  },
  {
    name: 'streams joined on both sides',
    build: (sharing: Sharing) =>
      read('left', sharing).outerJoin('join', read('right', sharing), pair, within(sharing)).to(out),
  },
  {
    name: 'joined versions that are waited for',
    build: (sharing: Sharing) =>
      read('left', sharing)
        .leftJoin(from(rows), pair, { name: 'join', grace: ms(disorder) })
        .to(out),
  },
] as const

/** Values are unique, and no two rows of the right side have one time. */
function drawPuts(seed: number): Put[] {
  const draw = drawOf(seed)
  return Array.from({ length: 40 }, (_, index): Put => {
    const side = draw.once(2) ? 'left' : 'right'
    return {
      side,
      key: draw.pick(['a', 'b']),
      value: `v${index}`,
      time: side === 'left' ? draw.integer(0, 120) : 3 * index,
    }
  })
}

/** No record comes later than so long behind its time. */
function interleaved(puts: readonly Put[], seed: number): Put[] {
  const draw = drawOf(seed)
  const arriving = puts.map((put) => ({ put, at: put.time + draw.integer(0, disorder), tie: draw.integer(0, 1_000) }))
  return arriving.sort((one, other) => one.at - other.at || one.tie - other.tie).map(({ put }) => put)
}

function resultsOf(
  build: (typeof kinds)[number]['build'],
  sharing: Sharing,
  puts: readonly Put[],
  partitions: number,
): string[] {
  const flow = drive(topology('app', build(sharing)), { partitions })
  for (const { side, key, value, time } of puts) flow.put(topics[side], value, { key, time })
  flow.end()
  expect(flow.counters).toMatchObject({ late: 0, deadLetters: 0 })
  return flow
    .take(out)
    .map((row) => JSON.stringify(row))
    .sort()
}

describe.each(kinds)('$name', ({ build }) => {
  test.each(sharings)('with $outOfOrderness ms out of order and $grace ms of grace', (sharing) => {
    for (let seed = 1; seed <= 8; seed++) {
      const puts = drawPuts(seed)
      const expected = resultsOf(
        build,
        sharing,
        puts.toSorted((one, other) => one.time - other.time),
        1,
      )
      expect(expected.length).toBeGreaterThan(5)
      for (const partitions of [1, 1, 3]) {
        const results = resultsOf(build, sharing, interleaved(puts, 100 * seed + partitions), partitions)
        expect(results, `seed ${seed}, ${partitions} partitions`).toEqual(expected)
      }
    }
  })
})
