import { describe, expect, onTestFinished, test } from 'vitest'
import { from, json, nullable, skip, subscribe, table, text, topic, topology } from '../../../src/index.ts'
import type { KeyValueStore } from '../../../src/state/store.ts'
import { codeOf, driven, input, lateLine, lateOutput, ms, output } from './kit.ts'
import { World } from './world.ts'

const prices = table('prices', { key: text, value: json<string>() })

type Options = Parameters<typeof from>[1]

function ofTopic(options: Options = {}): ReturnType<typeof driven> {
  const rows = from(prices, options as object)
  return driven(topology('app', rows.to(output), rows.late.map(lateLine).to(lateOutput)), prices)
}

function ofStream(options: Options = {}): ReturnType<typeof driven> {
  const rows = from(input).toTable('prices', options as object)
  return driven(topology('app', rows.to(output), rows.late.map(lateLine).to(lateOutput)))
}

describe.each([
  ['a table source', ofTopic],
  ['toTable', ofStream],
])('%s', (_name, make) => {
  test('by event time an older update is ignored and goes to the late records', () => {
    const { put, late, flow } = make()
    expect(put('a', 'x', 10)).toEqual(['a=x@10'])
    expect(put('a', 'old', 9)).toEqual([])
    expect(late()).toEqual([expect.stringMatching(/^old@9 older-than-row at 10 by /)])
    expect(put('b', 'other', 5)).toEqual(['b=other@5'])
    expect(flow.counters.late).toBe(1)
  })

  test('of two updates with one time the later offset wins', () => {
    const { put } = make()
    put('a', 'x', 10)
    expect(put('a', 'y', 10)).toEqual(['a=y@10'])
  })

  test('a deletion keeps its time, so that an older value does not come back', () => {
    const { put, late } = make()
    put('a', 'x', 10)
    expect(put('a', null, 20)).toEqual(['a=∅@20'])
    expect(put('a', 'old', 15)).toEqual([])
    expect(late()).toHaveLength(1)
    expect(put('a', 'new', 20)).toEqual(['a=new@20'])
  })

  test('a deletion is remembered over a restart', () => {
    const { put, flow } = make()
    put('a', 'x', 10)
    put('a', null, 20)
    flow.restart()
    expect(put('a', 'old', 15)).toEqual([])
  })

  test('a deletion of what is not there passes', () => {
    const { put } = make()
    expect(put('a', null, 5)).toEqual(['a=∅@5'])
  })

  test.each([
    [false, 109],
    [true, 111],
  ])('with deleteRetention 100 an older value comes back: %s, when time has come to %i', (comesBack, time) => {
    const { put } = make({ deleteRetention: ms(100) })
    put('a', null, 10)
    put('b', 'x', time)
    expect(put('a', 'old', 9)).toEqual(comesBack ? ['a=old@9'] : [])
  })

  test('by arrival every update is taken', () => {
    const { put, flow } = make({ order: 'arrival' })
    expect(put('a', 'x', 10)).toEqual(['a=x@10'])
    expect(put('a', 'old', 9)).toEqual(['a=old@9'])
    expect(put('a', null, 3)).toEqual(['a=∅@3'])
    expect(put('a', 'older', 2)).toEqual(['a=older@2'])
    expect(flow.counters.late).toBe(0)
  })

  test('by arrival an older update is taken with a warning', () => {
    const { put } = make({ order: 'arrival' } as Options)
    const warned: unknown[] = []
    onTestFinished(subscribe('update.older', (event) => warned.push(event)))
    put('a', 'x', 10)
    put('a', 'same', 10)
    put('a', 'old', 9)
    expect(warned).toEqual([expect.objectContaining({ table: 'prices', offset: 2, time: 9, rowTime: 10 })])
  })

  test('a negative length is no retention', () => {
    expect(() => make({ deleteRetention: ms(-1) })).toThrow(/deleteRetention/)
  })
})

test('a null key is a reject: a dead letter, and no row', () => {
  const keyless = topic('in', { value: json<string>() })
  const rows = from(keyless).keyBy('by-value', (value) => (value === 'bad' ? (null as unknown as string) : value))
  const flow = driven(topology('app', rows.toTable('rows').to(output)))
  flow.put('k', 'bad', 1)
  expect(flow.said()).toEqual([])
})

test('a null key in the topic of a table is a dead letter', () => {
  const { put, flow } = ofTopic()
  expect(put(null, 'x', 1)).toEqual([])
  expect(flow.deadLetters('prices')).toHaveLength(1)
  expect(flow.counters.recordsIn).toBe(0)
})

test('with skip() a null key is skipped and counted', () => {
  const { put, flow } = ofTopic({ onFailure: [skip()] })
  expect(put(null, 'x', 1)).toEqual([])
  expect(flow.counters.skipped).toBe(1)
})

describe('a restart', () => {
  const rowOf = (world: World, key: string) => {
    const row = (world.store('prices') as KeyValueStore).get(key)
    return row === undefined ? '∅' : `${row.value}@${row.time}`
  }
  const worldOf = (options: Parameters<typeof from>[1], check: (value: string) => string = String): World =>
    new World(
      topology(
        'app',
        from(prices, options as object)
          .map(check)
          .to(output),
      ),
    )

  test('keeps what came last by arrival', () => {
    const world = worldOf({ order: 'arrival' } as object)
    world.put('prices', 'a', 'new', 20)
    world.put('prices', 'a', 'old', 10)
    world.commit()
    world.crash()
    expect(rowOf(world, 'a')).toBe('old@10')
  })

  test('keeps the latest by event time, though compaction of the topic keeps the one that came last', () => {
    const world = worldOf({})
    world.put('prices', 'a', 'new', 20)
    world.put('prices', 'a', 'old', 10)
    world.commit()
    world.crash()
    expect(rowOf(world, 'a')).toBe('new@20')
  })

  test('does not bring a row whose record a later step rejected', () => {
    const world = worldOf({}, (value) => {
      if (value === 'bad') throw new Error('bad')
      return value
    })
    world.put('prices', 'a', 'good', 1)
    world.put('prices', 'a', 'bad', 2)
    world.put('prices', 'b', 'bad', 3)
    world.commit()
    expect(world.failures).toHaveLength(2)
    expect([rowOf(world, 'a'), rowOf(world, 'b')]).toEqual(['good@1', '∅'])
    world.crash()
    expect([rowOf(world, 'a'), rowOf(world, 'b')]).toEqual(['good@1', '∅'])
  })
})

describe('time to live', () => {
  const asks = topic('asks', { key: text, value: json<string>() })
  const world = (): World => {
    const rows = from(prices, { ttl: ms(100) })
    const asked = from(asks).leftJoin(rows, (_ask, row) => row ?? '∅')
    return new World(topology('app', asked.to(output), rows.late.map(lateLine).to(lateOutput)))
  }
  const ask = (made: World, time: number): string[] => {
    made.put('asks', 'a', 'at', time)
    made.commit()
    return made.said()
  }

  test.each([
    [109, 'x'],
    [110, '∅'],
  ])('a row of time 10 that lives 100 is, at %i, %s', (time, row) => {
    const made = world()
    made.put('prices', 'a', 'x', 10)
    ask(made, time - 1)
    made.advance(time)
    expect(ask(made, time)).toEqual([`a=${row}@${time}`])
  })

  test('a change lets it live longer', () => {
    const made = world()
    made.put('prices', 'a', 'x', 10)
    made.put('prices', 'a', 'y', 60)
    made.advance(159)
    expect(ask(made, 159)).toEqual(['a=y@159'])
  })

  test('an update that is past its life on arrival is late', () => {
    const made = world()
    made.advance(110)
    made.put('prices', 'a', 'x', 10)
    made.put('prices', 'a', 'y', 11)
    made.commit()
    expect(made.said()).toEqual(['a=x@10 too-late at 110 by from-prices@10'])
  })

  test('rows past their life leave the store and the changelog, also after a restart', () => {
    const made = world()
    for (let time = 0; time < 100; time++) made.put('prices', `k${time}`, 'x', time)
    made.commit()
    made.advance(170)
    made.commit()
    expect(made.store('prices').size).toBe(29)
    made.crash()
    expect(made.store('prices').size).toBe(29)
    made.advance(400)
    expect(made.store('prices').size).toBe(0)
  })
})

test('sources of one topic must take the same updates', () => {
  const all = topic('all', { key: text, value: nullable(json<string>()) })
  const both = (one: object, other: object) => () =>
    topology('app', from(prices, one).to(output), from(prices, other).to(all))
  expect(codeOf(both({}, { order: 'arrival' }))).toBe('MR4001')
  expect(codeOf(both({}, { ttl: ms(1) }))).toBe('MR4001')
  expect(codeOf(both({}, { deleteRetention: ms(1) }))).toBe('MR4001')
  expect(codeOf(both({ ttl: ms(1) }, { ttl: ms(1) }))).toBe('nothing was thrown')
})

test('a row that came back after its deletion was forgotten is there after a restart', () => {
  const rows = from(prices, { deleteRetention: ms(100) })
  const { put, flow } = driven(topology('app', rows.to(output)), prices)
  put('a', null, 10)
  put('b', 'x', 111)
  expect(put('a', 'back', 9)).toEqual(['a=back@9'])
  flow.restart()
  expect(put('a', 'older', 8)).toEqual([])
})
