import { describe, expect, test } from 'vitest'
import { from, json, text, topic, topology, versionedTable } from '../../../src/index.ts'
import { input, lateLine, lateOutput, ms, output } from './kit.ts'
import { World } from './world.ts'

const prices = versionedTable('prices', { key: text, value: json<string>(), history: ms(100) })
const asks = topic('asks', { key: text, value: json<string>() })

/** Changes come out as they are; `asks` says which row was valid at its time. */
function ofTopic(): World {
  const rows = from(prices)
  const asked = from(asks).leftJoin(rows, (_ask, row) => `was ${row ?? '∅'}`)
  return new World(topology('app', rows.to(output), rows.late.map(lateLine).to(lateOutput), asked.to(output)))
}

function ofStream(): World {
  const rows = from(input).toVersionedTable('prices', { history: ms(100) })
  const asked = from(asks).leftJoin(rows, (_ask, row) => `was ${row ?? '∅'}`)
  return new World(topology('app', rows.to(output), rows.late.map(lateLine).to(lateOutput), asked.to(output)))
}

describe.each([
  ['a versioned table source', ofTopic, 'prices'],
  ['toVersionedTable', ofStream, 'in'],
] as const)('%s', (_name, make, source) => {
  const world = (...updates: [key: string, value: string | null, time: number][]) => {
    const made = make()
    const put = (key: string, value: string | null, time: number): string[] => {
      made.put(source, key, value, time)
      made.commit()
      return made.said()
    }
    const ask = (key: string, time: number): string => {
      made.put('asks', key, 'at', time)
      made.commit()
      return made.said().join()
    }
    for (const update of updates) put(...update)
    return { made, put, ask }
  }

  test('knows the row that was valid at a time', () => {
    const { ask } = world(['a', 'x', 10], ['a', 'y', 20], ['a', null, 30], ['a', 'z', 40])
    const asked = [9, 10, 19, 20, 29, 30, 39, 40, 1_000].map((time) => ask('a', time))
    expect(asked.map((said) => said.replace(/a=was (.*)@.*/, '$1'))).toEqual([
      '∅',
      'x',
      'x',
      'y',
      'y',
      '∅',
      '∅',
      'z',
      'z',
    ])
  })

  test('a late update within the history is a version cut at the next one, and does not go downstream', () => {
    const { put, ask, made } = world(['a', 'x', 10], ['a', 'z', 30])
    expect(put('a', 'y', 20)).toEqual([])
    expect(['a=was x@19', 'a=was y@20', 'a=was y@29', 'a=was z@30']).toEqual(
      [19, 20, 29, 30].map((time) => ask('a', time)),
    )
    expect(made.counted('late')).toBe(0)
  })

  test('a late deletion is a version too', () => {
    const { put, ask } = world(['a', 'x', 10], ['a', 'z', 30])
    expect(put('a', null, 20)).toEqual([])
    expect([19, 20, 29, 30].map((time) => ask('a', time))).toEqual([
      'a=was x@19',
      'a=was ∅@20',
      'a=was ∅@29',
      'a=was z@30',
    ])
  })

  test('an update of the latest version goes downstream, also at the same time', () => {
    const { put } = world(['a', 'x', 10])
    expect(put('a', 'y', 10)).toEqual(['a=y@10'])
    expect(put('a', null, 11)).toEqual(['a=∅@11'])
  })

  test.each([
    [100, true],
    [99, false],
  ])('T = 200, history 100: an update at %i is taken: %s', (time, taken) => {
    const { put, ask, made } = world(['b', 'newest', 200])
    expect(put('a', 'x', time)).toEqual([taken ? `a=x@${time}` : expect.stringContaining('older-than-history at 200')])
    expect(made.counted('late')).toBe(taken ? 0 : 1)
    expect(ask('a', 250)).toBe(taken ? 'a=was x@250' : 'a=was ∅@250')
  })

  test('what is older than the history goes to the late records', () => {
    const { put } = world(['b', 'newest', 200])
    const [said] = put('a', 'x', 99)
    expect(said).toMatch(/^a=x@99 older-than-history at 200 by .*@99$/)
  })

  test('the latest version stays whatever its age, and can be asked for', () => {
    const { ask, made } = world(['a', 'x', 10], ['b', 'y', 10_000])
    expect(ask('a', 10_000)).toBe('a=was x@10000')
    expect(ask('a', 50)).toBe('a=was x@50')
    expect(ask('a', 9)).toBe('a=was ∅@9')
    expect(made.store('prices').size).toBe(2)
  })

  test.each([
    [100, 'x'],
    [99, '∅'],
  ])('T = 200: the row at %i is %s', (time, row) => {
    const { ask } = world(['a', 'x', 50], ['a', 'y', 150], ['b', 'z', 200])
    expect(ask('a', time)).toBe(`a=was ${row}@${time}`)
  })

  test('versions that nobody can ask for any more leave the store and the changelog', () => {
    const { put, made } = world(['a', '1', 10], ['a', '2', 20], ['a', '3', 30], ['c', '1', 5], ['c', null, 15])
    expect(made.store('prices').size).toBe(5)
    put('b', 'x', 1_000)
    put('b', 'y', 1_000)
    made.advance(1_001)
    made.commit()
    expect(made.store('prices').size).toBe(2)
    made.crash()
    expect(made.store('prices').size).toBe(2)
  })

  test('a restart between any two records changes no answer', () => {
    const { put, ask, made } = world(['a', 'x', 10])
    made.crash()
    put('a', 'z', 30)
    made.crash()
    put('a', 'y', 20)
    made.crash()
    expect([15, 25, 35].map((time) => ask('a', time))).toEqual(['a=was x@15', 'a=was y@25', 'a=was z@35'])
    put('b', 'newest', 200)
    made.crash()
    put('b', 'too late', 99)
    expect(made.counted('late')).toBe(1)
  })
})

test('a history of nothing keeps the latest version', () => {
  const rows = from(versionedTable('now', { value: json<string>(), history: ms(0) }))
  const world = new World(topology('app', rows.to(output)))
  for (const [value, time] of [
    ['x', 10],
    ['y', 20],
  ] as const)
    world.put('now', 'a', value, time)
  world.put('now', 'b', 'z', 20)
  world.advance(21)
  world.advance(22)
  world.commit()
  expect(world.said()).toEqual(['a=x@10', 'a=y@20', 'b=z@20'])
  expect(world.store('now').size).toBe(2)
})
