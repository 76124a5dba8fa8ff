/** Rows of a fold without windows that vanish (`semantics.md` 5, TTL): ts + ttl ≤ T. */
import { describe, expect, test } from 'vitest'
import { from, text, topology } from '../../../src/index.ts'
import type { Store } from '../../../src/state/store.ts'
import { type Bench, bench } from '../bench.ts'
import { input, ms, output, play, type Step } from './flows.ts'

function flowOf(ttl: number): Bench {
  const sums = from(input).aggregate(
    'sums',
    { as: text, start: '', add: (sum: string, value) => `${sum}${value}` },
    { ttl: ms(ttl) },
  )
  return bench(topology('app', sums.to(output)))
}

describe('a row of ttl 10', () => {
  test.each<[what: string, steps: readonly Step[]]>([
    [
      'is there at T = ts + 9',
      [
        ['x@20', 'x@20'],
        ['b:z@29', 'b=z@29'],
        ['y@25', 'xy@25'],
      ],
    ],
    [
      'is gone at T = ts + 10',
      [
        ['x@20', 'x@20'],
        ['b:z@30', 'b=z@30'],
        ['y@25', 'y@25'],
      ],
    ],
    ['is gone by a mark alone', [['x@20', 'x@20'], ['T30'], ['y@25', 'y@25']]],
    [
      'lives on with each change',
      [
        ['x@20', 'x@20'],
        ['y@28', 'xy@28'],
        ['z@36', 'xyz@36'],
      ],
    ],
    ['that would be gone at once is refused', [['b:z@30', 'b=z@30'], ['x@20']]],
    [
      'takes older records while it lives',
      [
        ['x@30', 'x@30'],
        ['y@15', 'xy@30'],
      ],
    ],
    ['a null value changes nothing', [['x@20', 'x@20'], ['∅@28'], ['T30'], ['y@30', 'y@30']]],
  ])('%s', (_what, steps) => {
    const { told, asked } = play(flowOf(10), steps)
    expect(told).toEqual(asked)
  })

  test('what is refused is counted', () => {
    const flow = flowOf(10)
    flow.put('b', 'z', 30)
    flow.put('a', 'x', 20)
    expect(flow.counters.late).toBe(1)
  })
})

describe('rows that nobody asks for', () => {
  test('leave the store, with a tombstone in the changelog', () => {
    const flow = flowOf(10)
    for (let index = 0; index < 20; index++) flow.put(`key ${index}`, 'x', 20)
    const store = flow.stores.get('sums')!
    committed(store)
    flow.task.advance(31)
    expect(store.size).toBe(0)
    expect(committed(store)).toEqual(Array.from({ length: 20 }, () => null))
  })

  test('go in parts: all of them within a life more', () => {
    const flow = flowOf(1000)
    for (let index = 0; index < 1000; index++) flow.put(`key ${index}`, 'x', 20)
    const store = flow.stores.get('sums')!
    committed(store)
    const sizes = Array.from({ length: 32 }, (_, step) => {
      flow.task.advance(1020 + step * 63)
      committed(store)
      return store.size
    })
    expect(sizes[0]).toBe(744)
    expect(sizes.at(-1)).toBe(0)
  })
})

test('time is saved: what was gone stays gone', () => {
  const flow = flowOf(10)
  flow.put('a', 'x', 20)
  flow.put('b', 'y', 30)
  const saved = flow.task.saveTimes()
  flow.task.restoreTimes(saved)
  flow.said()
  flow.put('a', 'z', 29)
  expect(flow.said()).toEqual(['a=z@29'])
})

/** Writes and commits; the values written. */
function committed(store: Store): (unknown | null)[] {
  const values: (unknown | null)[] = []
  store.flush((_key, value) => values.push(value))
  store.commit()
  return values
}
