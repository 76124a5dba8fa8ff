/** Sliding windows, `semantics.md` 3.4. */
import { describe, expect, test } from 'vitest'
import { sliding } from '../../../src/index.ts'
import { ms, play, type Step, windowFlow } from './flows.ts'

describe('updates, length 10: one record’s changes in ascending starts', () => {
  test.each<[what: string, steps: readonly Step[]]>([
    [
      'in order',
      [
        ['a@20', '[10,20] a@20'],
        ['b@25', '[15,25] a+b@25', '[21,31] b@25'],
        ['c@30', '[20,30] a+b+c@30', '[21,31] b+c@30', '[26,36] c@30'],
      ],
    ],
    [
      'at one time',
      [
        ['a@20', '[10,20] a@20'],
        ['b@20', '[10,20] a+b@20'],
      ],
    ],
    [
      'an earlier one: behind it a window without it',
      [
        ['a@20', '[10,20] a@20'],
        ['b@15', '[5,15] b@15', '[10,20] a+b@20', '[16,26] a@20'],
      ],
    ],
    [
      'all below the length share one',
      [
        ['a@3', '[0,10] a@3'],
        ['b@1', '[0,10] a+b@3', '[2,12] a@3'],
        ['c@10', '[0,10] a+b+c@10', '[2,12] a+c@10', '[4,14] c@10'],
      ],
    ],
    [
      'keys apart',
      [
        ['a@20', '[10,20] a@20'],
        ['b:b@25', 'b=[15,25] b@25'],
      ],
    ],
    ['a null value is skipped', [['a@20', '[10,20] a@20'], ['∅@21']]],
  ])('%s', (_what, steps) => {
    const { told, asked } = play(windowFlow(sliding(ms(10), { grace: ms(100) }), 'updates'), steps)
    expect(told).toEqual(asked)
  })
})

describe('late', () => {
  // Length 10, grace 5.
  test.each<[what: string, steps: readonly Step[]]>([
    ['as a whole iff ts + length < T − grace', [['b:x@100'], ['a@84', 'late a [74,84]@84']]],
    ['not as a whole one later, when a window around it could be open', [['b:x@100'], ['a@85', 'late a [75,85]@85']]],
    [
      'a window that is over refuses, one that is open takes it',
      [
        ['a@90'],
        ['b:x@106', '[80,90] a@90'],
        ['c@95', 'late c [85,95]@95'],
        ['end', '[91,101] c@95', 'b=[96,106] x@106'],
      ],
    ],
  ])('%s', (_what, steps) => {
    const { told, asked } = play(windowFlow(sliding(ms(10), { grace: ms(5) })), steps)
    expect(told).toEqual(asked)
  })

  test('a null value is counted as filtered, and moves time', () => {
    const flow = windowFlow(sliding(ms(10)))
    flow.put('a', 'x', 20)
    flow.put('a', null, 40)
    expect(flow.said()).toEqual(['a=[10,20] x@20'])
    expect(flow.counters).toMatchObject({ filtered: 1, late: 0 })
  })
})

test('a window made of a neighbour that has closed: its row is still there', () => {
  // [10, 20] closes at T = 21; the window that ends with the record at 30 holds 20 as well.
  const flow = windowFlow(sliding(ms(10)))
  const { told, asked } = play(flow, [
    ['x@20'],
    ['b:z@30', '[10,20] x@20'],
    ['y@30'],
    ['end', '[20,30] x+y@30', 'b=[20,30] z@30', '[21,31] y@30'],
  ])
  expect(told).toEqual(asked)
})

test('rows come out by end and key', () => {
  const flow = windowFlow(sliding(ms(10), { grace: ms(100) }))
  for (const [key, time] of [
    ['b', 20],
    ['a', 20],
    ['a', 15],
  ] as const)
    flow.put(key, time, time)
  flow.task.advance(Number.POSITIVE_INFINITY)
  expect(flow.said()).toEqual(['a=[5,15] 15@15', 'a=[10,20] 20+15@20', 'b=[10,20] 20@20', 'a=[16,26] 20@20'])
})

test('a later run makes windows of those that the end of a bounded run has closed', () => {
  const { told, asked } = play(windowFlow(sliding(ms(10))), [
    ['x@20'],
    ['end', '[10,20] x@20'],
    ['y@25'],
    ['end', '[15,25] x+y@25', '[21,31] y@25'],
  ])
  expect(told).toEqual(asked)
})

test('a jump over end and close: the final row, and no other though its row is still there', () => {
  const { told, asked } = play(windowFlow(sliding(ms(10), { grace: ms(10) }), 'on-time'), [
    ['x@20'],
    ['T40', '[10,20] final x@20'],
    ['T41'],
  ])
  expect(told).toEqual(asked)
})
