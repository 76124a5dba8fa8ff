import { describe, expect, test } from 'vitest'
import { ClosedAhead, type Span } from '../../../src/operators/windows/closed-ahead.ts'

const closedBy = (...spans: readonly Span[]): ClosedAhead => {
  const ahead = new ClosedAhead()
  for (const span of spans) ahead.add(...span)
  return ahead
}

describe('spans of closed windows', () => {
  test.each<[string, Span[], Span[]]>([
    [
      'stay apart',
      [
        [0, 10],
        [20, 30],
      ],
      [
        [0, 10],
        [20, 30],
      ],
    ],
    [
      'that touch are one',
      [
        [0, 10],
        [10, 20],
      ],
      [[0, 20]],
    ],
    [
      'that overlap are one',
      [
        [0, 10],
        [5, 15],
      ],
      [[0, 15]],
    ],
    [
      'are joined by one between them',
      [
        [0, 10],
        [20, 30],
        [5, 25],
      ],
      [[0, 30]],
    ],
    [
      'are kept in order, however they come',
      [
        [20, 30],
        [0, 10],
      ],
      [
        [0, 10],
        [20, 30],
      ],
    ],
    [
      'swallow those that they hold',
      [
        [5, 6],
        [8, 9],
        [0, 20],
      ],
      [[0, 20]],
    ],
  ])('%s', (_what, added, expected) => {
    expect(closedBy(...added).save(-1)).toEqual(expected)
  })

  test('hold the ends behind their beginning up to their last', () => {
    const ahead = closedBy([0, 10], [20, 30])
    expect([0, 1, 10, 11, 20, 21, 30, 31].filter((end) => ahead.has(end))).toEqual([1, 10, 21, 30])
  })

  test('that time has passed are not saved', () => {
    const ahead = closedBy([0, 10], [20, 30])
    expect(ahead.save(9)).toHaveLength(2)
    expect(ahead.save(10)).toEqual([[20, 30]])
  })

  test('are never more than a thousand: the earliest become one', () => {
    const ahead = closedBy(...Array.from({ length: 1_002 }, (_, at): Span => [10 * at, 10 * at + 5]))
    expect(ahead.save(-1)).toHaveLength(1_000)
    expect(ahead.save(-1)[0]).toEqual([0, 25])
  })

  test('are the same after they were saved', () => {
    const restored = new ClosedAhead()
    restored.restore(closedBy([0, 10], [20, 30]).save(-1))
    restored.add(30, 40)
    expect(restored.save(-1)).toEqual([
      [0, 10],
      [20, 40],
    ])
  })
})
