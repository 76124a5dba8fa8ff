/** Windows of so many records (`semantics.md` 1): arrival order, no lateness, closed at exactly the n-th record. */
import { describe, expect, test } from 'vitest'
import { type CountWindows, countWindow, from, text, topology } from '../../../src/index.ts'
import { type Bench, bench } from '../bench.ts'
import { input, lengthOf, ms, output, play, type Step } from './flows.ts'

function counting(windows: CountWindows): Bench {
  const sums = from(input)
    .window(windows)
    .aggregate('sums', {
      as: text,
      start: '',
      add: (sum: string, value, { window }) => `${sum}${value}${window.start > window.end ? 'wrong' : ''}`,
    })
  return bench(topology('app', sums.map((sum, { window }) => `${lengthOf(window)} ${sum}`).to(output)))
}

describe('a window closes with its last record, and runs from its first time to its last', () => {
  test.each<[what: string, windows: CountWindows, steps: readonly Step[]]>([
    [
      'three at a time',
      countWindow(3),
      [['a@1'], ['b@2'], ['c@3', '[1,3] abc@3'], ['d@4'], ['e@5'], ['f@6', '[4,6] def@6']],
    ],
    [
      'of one record',
      countWindow(1),
      [
        ['a@1', '[1,1] a@1'],
        ['b@2', '[2,2] b@2'],
      ],
    ],
    ['keys count for themselves', countWindow(2), [['a@1'], ['b:b@2'], ['c@3', '[1,3] ac@3']]],
    [
      'in the order they come, stamped with the largest time; nothing is late',
      countWindow(3),
      [['a@100'], ['b@7'], ['c@50', '[7,100] abc@100']],
    ],
    ['null values are records', countWindow(2), [['a@1'], ['∅@2', '[1,2] anull@2']]],
    [
      'a new one every two',
      countWindow(4, { every: 2 }),
      [['a@1'], ['b@2'], ['c@3'], ['d@4', '[1,4] abcd@4'], ['e@5'], ['f@6', '[3,6] cdef@6']],
    ],
    ['a new one every record', countWindow(2, { every: 1 }), [['a@1'], ['b@2', '[1,2] ab@2'], ['c@3', '[2,3] bc@3']]],
    [
      'a timeout closes it at T ≥ first + timeout',
      countWindow(3, { timeout: ms(10) }),
      [['a@5'], ['b@7'], ['T14'], ['T15', '[5,7] ab@7'], ['c@16'], ['d@17'], ['e@18', '[16,18] cde@18']],
    ],
    ['also for the record that moves T there', countWindow(3, { timeout: ms(10) }), [['a@5'], ['b:b@15', '[5,5] a@5']]],
    [
      'after its first record, not its smallest time',
      countWindow(3, { timeout: ms(10) }),
      [['a@5'], ['b@3'], ['T13'], ['T15', '[3,5] ab@5']],
    ],
    [
      'windows of one key run out one after the other',
      countWindow(4, { every: 2, timeout: ms(10) }),
      [['a@1'], ['b@2'], ['c@3'], ['T11', '[1,3] abc@3'], ['T12'], ['T13', '[3,3] c@3'], ['d@14']],
    ],
    [
      'without timeout it waits, the end of a bounded run closes it as of the end',
      countWindow(3),
      [['a@1'], ['T1000'], ['end', '[1,1] a@1000']],
    ],
    [
      'the end closes by when they opened, then by key',
      countWindow(3),
      [['b:x@5'], ['y@5'], ['c:z@1'], ['end', 'c=[1,1] z@5', '[5,5] y@5', 'b=[5,5] x@5']],
    ],
  ])('%s', (_what, windows, steps) => {
    const flow = counting(windows)
    const { told, asked } = play(flow, steps)
    expect(told).toEqual(asked)
    expect(flow.counters.late).toBe(0)
  })
})

test('a null key is a reject', () => {
  expect(() => counting(countWindow(3)).put(null, 'x', 1)).toThrow(expect.objectContaining({ code: 'MR3004' }))
})

test('closed windows leave the store', () => {
  const flow = counting(countWindow(2))
  for (const time of [1, 2, 3, 4]) flow.put('a', 'x', time)
  expect(flow.stores.get('sums')!.size).toBe(0)
})
