import { describe, expect, test } from 'vitest'
import { from, json, table, text, topic, topology } from '../../../src/index.ts'
import { codeOf, driven, output } from './kit.ts'
import { World } from './world.ts'

const scores = topic('scores', { key: text, value: json<number | null>() })
const best = (one: number, other: number): number => other - one

function ranking(count: number): World {
  return new World(topology('app', from(scores).top('best', count, { compare: best }).to(output)))
}

/** `rank:value` of each record, in order. */
function ranks(said: readonly string[]): string[] {
  return said.map((line) => line.replace(/^.*=\{"rank":(\d+),"value":(.*)\}@.*$/, '$1:$2'))
}

function fed(world: World, from_: string): (key: string, value: unknown, time: number) => string[] {
  return (key, value, time) => {
    world.put(from_, key, value, time)
    world.commit()
    return ranks(world.said())
  }
}

describe('top of a stream', () => {
  test('says every rank whose row is another', () => {
    const put = fed(ranking(3), 'scores')
    expect(put('a', 5, 1)).toEqual(['1:5'])
    expect(put('a', 3, 2)).toEqual(['2:3'])
    expect(put('a', 9, 3)).toEqual(['1:9', '2:5', '3:3'])
    expect(put('a', 4, 4)).toEqual(['3:4'])
    expect(put('a', 1, 5)).toEqual([])
  })

  test('keys have rankings of their own', () => {
    const put = fed(ranking(1), 'scores')
    expect(put('a', 5, 1)).toEqual(['1:5'])
    expect(put('b', 3, 2)).toEqual(['1:3'])
  })

  test('of equal ones the earlier in time is better, then the earlier by topic, partition and offset', () => {
    const put = fed(ranking(2), 'scores')
    put('a', 5, 10)
    expect(put('a', 5, 10)).toEqual(['2:5'])
    expect(put('a', 5, 10)).toEqual([])
    expect(put('a', 5, 9)).toEqual(['1:5', '2:5'])
  })

  test('results of one record keep their order', () => {
    const many = from(scores)
      .flatMap((value) => [`${value}-first`, `${value}-second`])
      .top('best', 2, { compare: () => 0 })
    expect(fed(new World(topology('app', many.to(output))), 'scores')('a', 1, 1)).toEqual([
      '1:"1-first"',
      '2:"1-second"',
    ])
  })

  test('the time is the largest that has come to the ranking', () => {
    const world = ranking(3)
    for (const [value, time] of [
      [1, 10],
      [2, 5],
      [3, 20],
    ] as const)
      world.put('scores', 'a', value, time)
    world.commit()
    expect(world.said().map((line) => line.replace(/.*@/, ''))).toEqual(['10', '10', '10', '20', '20', '20'])
  })

  test('a null value is filtered', () => {
    const world = ranking(3)
    expect(fed(world, 'scores')('a', null, 1)).toEqual([])
    expect(world.counted('filtered')).toBe(1)
  })

  test('survives a crash between two records', () => {
    const world = ranking(2)
    const put = fed(world, 'scores')
    put('a', 5, 1)
    world.crash()
    expect(put('a', 9, 2)).toEqual(['1:9', '2:5'])
    world.crash()
    expect(put('a', 7, 3)).toEqual(['2:7'])
  })

  test.each([0, -1, 1.5])('%d places are refused', (count) => {
    expect(codeOf(() => ranking(count))).toBe('MR1003')
  })
})

describe('top of a grouped table', () => {
  const rows = table('rows', { key: text, value: json<{ group: string; score: number }>() })

  function grouped(count: number): World {
    const ranked = from(rows)
      .groupBy('by-group', ({ group }) => group)
      .top('best', count, { compare: (one, other) => other.score - one.score })
    return new World(
      topology('app', ranked.map(({ rank, value }) => ({ rank, value: value?.score ?? null })).to(output)),
    )
  }
  const row = (score: number, group = 'g') => ({ group, score })

  test('a row that is taken back makes room for one that had no rank', () => {
    const put = fed(grouped(2), 'rows')
    expect(put('a', row(9), 1)).toEqual(['1:9'])
    expect(put('b', row(5), 2)).toEqual(['2:5'])
    expect(put('c', row(3), 3)).toEqual([])
    expect(put('a', null, 4)).toEqual(['1:5', '2:3'])
    expect(put('b', null, 5)).toEqual(['1:3', '2:null'])
    expect(put('c', null, 6)).toEqual(['1:null'])
  })

  test('a row that changes moves in the ranking', () => {
    const put = fed(grouped(2), 'rows')
    put('a', row(9), 1)
    put('b', row(5), 2)
    put('c', row(3), 3)
    expect(put('a', row(4), 4)).toEqual(['1:5', '2:4'])
    expect(put('a', row(1), 5)).toEqual(['2:3'])
    expect(put('a', row(8), 6)).toEqual(['1:8', '2:5'])
    expect(put('a', row(8), 7)).toEqual([])
    expect(put('a', row(6), 8)).toEqual(['1:6'])
  })

  test('a row that changes its group leaves a place there', () => {
    const put = fed(grouped(2), 'rows')
    put('a', row(9), 1)
    expect(put('a', row(9, 'h'), 2)).toEqual(['1:null', '1:9'])
  })

  test('rows of equal value are told apart by their keys', () => {
    const put = fed(grouped(2), 'rows')
    put('a', row(5), 1)
    put('b', row(5), 1)
    put('c', row(5), 1)
    expect(put('a', null, 2)).toEqual(['1:5', '2:5'])
    expect(put('c', null, 3)).toEqual(['2:null'])
  })

  test('survives a crash between two changes', () => {
    const world = grouped(1)
    const put = fed(world, 'rows')
    put('a', row(9), 1)
    put('b', row(5), 2)
    world.crash()
    expect(put('a', null, 3)).toEqual(['1:5'])
  })

  test('as a stream it can be folded on: the partitioning is known', () => {
    const ranked = from(rows)
      .groupBy('by-group', ({ group }) => group)
      .top('best', 1, { compare: () => 0 })
    const { flow } = driven(topology('app', ranked.count('changes').to(output)))
    flow.put(rows, row(1), { key: 'a', time: 1 })
    expect(flow.take(output).map(({ value }) => value)).toEqual([1])
  })
})
