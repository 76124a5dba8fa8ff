import { describe, expect, test } from 'vitest'
import { deadLetter, from, json, nullable, stop, text, topic, topology, tumbling } from '../../../src/index.ts'
import { driven, input, ms, output } from './kit.ts'
import { World } from './world.ts'

const rows = () => from(input).toTable('rows')
const world = (): World => new World(topology('app', rows().coalesce().to(output)))

describe('coalesce', () => {
  test('at most one update of a row per commit, the latest', () => {
    const made = world()
    made.put('in', 'a', '1', 1)
    made.put('in', 'b', '2', 2)
    made.put('in', 'a', '3', 3)
    expect(made.said()).toEqual([])
    made.commit()
    expect(made.said()).toEqual(['a=3@3', 'b=2@2'])
    made.commit()
    expect(made.said()).toEqual([])
  })

  test('a deletion is an update', () => {
    const made = world()
    made.put('in', 'a', '1', 1)
    made.put('in', 'a', null, 2)
    made.commit()
    expect(made.said()).toEqual(['a=∅@2'])
  })

  test('what a rejected record changed is as it was', () => {
    const table = rows()
    const checked = table.map((value) => {
      if (value === 'bad') throw new Error('bad')
      return value
    })
    const also = topic('also', { key: text, value: nullable(json<string>()) })
    const made = new World(topology('app', table.coalesce().to(output), checked.to(also)))
    made.put('in', 'a', 'good', 1)
    made.put('in', 'a', 'bad', 2)
    made.put('in', 'b', 'bad', 2)
    expect(made.failures).toHaveLength(2)
    made.commit()
    expect(made.out.filter(({ topic: to }) => to === 'out').map(({ value }) => value)).toEqual(['good'])
  })

  test.each(['abort', 'crash'] as const)('an %s drops what was held, and it comes again', (fault) => {
    const made = world()
    made.put('in', 'a', '1', 1)
    made.commit()
    made.put('in', 'a', '2', 2)
    made[fault]()
    made.commit()
    expect(made.said()).toEqual(['a=1@1', 'a=2@2'])
  })

  test('a table behind it reads the rows of the table before it', () => {
    const doubled = rows()
      .coalesce()
      .map((value) => `${value}${value}`)
    const asked = from(topic('asks', { key: text, value: json<string>() })).leftJoin(doubled, (_ask, row) => `${row}`)
    const made = new World(topology('app', asked.to(output)))
    made.put('in', 'a', 'x', 1)
    made.put('asks', 'a', 'at', 2)
    made.commit()
    expect(made.said()).toEqual(['a=xx@2'])
  })

  test('windows behind it wait for the commit: the rows it held are not late', () => {
    const counted = rows()
      .coalesce()
      .toStream()
      .window(tumbling(ms(10)))
      .count('counts')
    const made = new World(topology('app', counted.to(output)))
    made.put('in', 'a', 'x', 5)
    made.put('in', 'b', 'y', 500)
    made.commit()
    expect(made.counted('late')).toBe(0)
    expect(made.said()).toEqual(['a=1@5'])
  })

  test('a fold by another key behind it sees only what came out', () => {
    const groups = rows()
      .coalesce()
      .groupBy('by-value', (value) => value ?? '')
      .count('counts')
    const made = new World(topology('app', groups.to(output)))
    for (const [value, time] of [
      ['x', 1],
      ['y', 2],
      ['z', 3],
    ] as const)
      made.put('in', 'a', value, time)
    made.commit()
    expect(made.said()).toEqual(['z=1@3'])
  })
})

describe('a row that fails when the commit makes it come out', () => {
  const fragile = (policies: Parameters<typeof topology>[1] extends never ? never : readonly unknown[]) =>
    rows()
      .coalesce()
      .map(
        (value) => {
          if (value === 'bad') throw new Error('bad')
          return value
        },
        { onFailure: policies as never },
      )

  test('is a dead letter of its own', () => {
    const { put, flow } = driven(topology('app', fragile([deadLetter('rows')]).to(output)))
    expect(put('a', 'good', 1)).toEqual(['a=good@1'])
    expect(put('a', 'bad', 2)).toEqual([])
    const [letter] = flow.deadLetters('rows')
    expect([letter!.key?.toString(), letter!.value?.toString()]).toEqual(['a', '"bad"'])
    expect(put('a', 'better', 3)).toEqual(['a=better@3'])
  })

  test('stops the worker where the policy says so, and nothing is committed', () => {
    const { put, flow } = driven(topology('app', fragile([stop()]).to(output)))
    put('a', 'good', 1)
    expect(() => put('a', 'bad', 2)).toThrow(/bad/)
    flow.restart()
    expect(flow.counters.commits).toBe(0)
  })
})
