/** The tools of the differential test: an oracle that is wrong would find nothing, or everything. */
import { describe, expect, test } from 'vitest'
import type { Answer, Case, Operator, OutputRow, Put } from './case.ts'
import { differenceOf } from './compare.ts'
import { caseOf } from './draw-case.ts'
import { families } from './families.ts'
import { finalOf } from './final.ts'
import { finalJoinOf, inOrderOfArrival, openPairsOf, updatesJoinOf } from './joined.ts'
import { pruned } from './prune.ts'
import { holdBack, limitLateness } from './records.ts'
import { shrink } from './shrink.ts'
import { comparableUntil } from './updates.ts'

const row = (key: string, value: string | null, time: number): OutputRow => ['out', key, value, time]
const put = (topic: string, value: string | null, time: number, key: string | null = 'k'): Put => ({
  ...{ do: 'put', topic, key, value, time },
})

describe('comparing', () => {
  const steps = [[row('a', '1', 1), row('b', '2', 2)], []]
  const swapped = [[row('b', '2', 2), row('a', '1', 1)], []]
  const later = [[row('a', '1', 1)], [row('b', '2', 2)]]
  test.each([
    ['list', steps, null],
    ['list', swapped, 0],
    ['bag', swapped, null],
    ['bag', later, 0],
    ['bag', [[...steps[0]!, row('a', '1', 1)], []], 0],
    ['set', [[...swapped[0]!, row('a', '1', 1)], []], null],
    ['run', later, null],
    ['run', [[row('a', '1', 1)], []], -1],
    ['list', [steps[0]!, [row('c', null, 3)]], 1],
  ] as const)('as %s: %#', (comparison, got, at) => {
    expect(differenceOf(comparison, { steps, until: 2 }, got)?.step ?? null).toBe(at)
  })

  test('stops where the two differ for a documented reason', () => {
    expect(differenceOf('list', { steps, until: 1 }, [steps[0]!, [row('c', null, 3)]])).toBeNull()
  })
})

describe('the generator', () => {
  test.each(families)('draws the same case from a seed: $name', (family) => {
    expect(caseOf(family, 7)).toEqual(caseOf(family, 7))
    expect(caseOf(family, 7)).not.toEqual(caseOf(family, 8))
  })

  test('never lets a record that is skipped be the newest', () => {
    const steps = [put('t', null, 9), put('t', 'a', 5), put('t', null, 9), put('t', 'b', 7), put('t', null, 6)]
    const times = holdBack(steps, ({ value }) => value === null).map((step) => (step as Put).time)
    expect(times).toEqual([5, 5, 7, 6])
  })

  test('brings records as near to the newest as the lateness says', () => {
    const steps = [put('t', 'a', 50), put('t', 'b', 3), put('t', 'c', 45)]
    expect(limitLateness(steps, 10).map((step) => (step as Put).time)).toEqual([50, 40, 45])
  })

  test('leaves out what nothing reads', () => {
    const operators: Operator[] = [
      { op: 'stream', id: 'one', topic: 'one-topic' },
      { op: 'stream', id: 'two', topic: 'two-topic' },
      { op: 'map', id: 'unread', of: 'two', suffix: 'x' },
      { op: 'to', id: 'to', of: 'one', topic: 'out' },
    ]
    const left = pruned({ operators, steps: [put('one-topic', 'a', 1), put('two-topic', 'b', 2)], stores: [] })
    expect(left.operators.map(({ id }) => id)).toEqual(['one', 'to'])
    expect(left.steps).toEqual([put('one-topic', 'a', 1)])
  })
})

function windowed(kind: 'tumbling' | 'session', steps: readonly Put[]): Case {
  const windows = kind === 'session' ? ({ kind, gap: 10, grace: 0 } as const) : ({ kind, size: 10, grace: 5 } as const)
  const fold = { op: 'window-fold', id: 'fold', of: 'in', fold: 'append', windows, emit: 'final' } as const
  return { operator: kind, operators: [fold], steps, stores: [] }
}

describe('the oracle of final rows', () => {
  test('takes the last row of a window when time reaches its end and grace', () => {
    const about = windowed('tumbling', [put('in', 'a', 1), put('in', 'b', 14), put('in', 'c', 15), put('in', 'd', 99)])
    const peer = [[row('k@0..10', 'a', 1)], [row('k@10..20', 'b', 14)], [row('k@10..20', 'bc', 15)], []]
    const { steps, documented } = finalOf(about, { steps: peer, stores: {} })
    expect(steps).toEqual([[], [], [row('k@0..10', 'a', 1)], [row('k@10..20', 'bc', 15)]])
    expect(documented).toBe(false)
  })

  test('compares no further where Kafka Streams merges a session that has closed', () => {
    const about = windowed('session', [put('in', 'a', 0), put('in', 'b', 11), put('in', 'c', 5)])
    const peer = [[row('k@0..0', 'a', 0)], [row('k@11..11', 'b', 11)], [row('k@0..0', null, 0)]]
    const { until, documented } = finalOf(about, { steps: peer, stores: {} })
    expect([until, documented]).toEqual([2, true])
  })
})

function joined(grace: number, steps: readonly Put[]): Case {
  const operators: Operator[] = [
    { op: 'stream', id: 'left', topic: 'L' },
    { op: 'stream', id: 'right', topic: 'R' },
    {
      ...{ op: 'stream-join', id: 'join', left: 'left', right: 'right', join: 'outer' },
      ...{ before: 10, after: 10, grace, emit: 'final' },
    },
  ]
  return { operator: 'join', operators, steps, stores: [] }
}

describe('the oracle of stream joins', () => {
  const noStores = (steps: Answer['steps']): Answer => ({ steps, stores: {} })

  test('lets an unmatched record out once, when no match can follow, the right side first', () => {
    const about = joined(2, [put('L', 'a', 5), put('R', 'x', 5, 'o'), put('L', 'b', 17), put('R', 'y', 18)])
    const early = [[], [], [], [row('k', 'a~∅', 5), row('o', '∅~x', 5), row('k', 'b~y', 18)]]
    expect(finalJoinOf(about, noStores(early)).steps).toEqual([
      [],
      [],
      [],
      [row('o', '∅~x', 5), row('k', 'a~∅', 5), row('k', 'b~y', 18)],
    ])
  })

  test('takes away pairs of records that have closed', () => {
    const about = joined(0, [put('L', 'a', 5), put('R', 'far', 30), put('R', 'x', 6)])
    const { steps, documented } = openPairsOf(about, noStores([[], [], [row('k', 'a~x', 6)]]))
    expect(steps).toEqual([[], [], []])
    expect(documented).toBe(true)
  })
})

describe('the oracle of updates', () => {
  test('goes as far as the record after one whose own sliding window had closed', () => {
    const windows = { kind: 'sliding', length: 4, grace: 0 } as const
    const fold = { op: 'window-fold', id: 'fold', of: 'in', fold: 'count', windows, emit: 'updates' } as const
    const steps = [
      put('in', 'a', 0),
      put('in', 'b', 5, 'o'),
      put('in', 'c', 2),
      put('in', 'd', 5, 'o'),
      put('in', 'e', 5),
    ]
    expect(
      comparableUntil({ operator: 'sliding', operators: [fold], steps, stores: [] }, { steps: [], stores: {} }),
    ).toBe(4)
  })

  test('demands an unmatched record when it closes, though Kafka Streams says it later', () => {
    const about = joined(0, [put('R', 'x', 5), put('R', 'y', 16), put('R', 'z', 17)])
    const delayed = [[], [], [row('k', '∅~x', 5)]]
    expect(updatesJoinOf(about, { steps: delayed, stores: {} }).steps).toEqual([[], [row('k', '∅~x', 5)], []])
  })

  test('is refused by a row of Kafka Streams that it can not explain', () => {
    const about = joined(0, [put('R', 'x', 5), put('R', 'y', 16)])
    const early = [[row('k', '∅~x', 5)], []]
    expect(() => updatesJoinOf(about, { steps: early, stores: {} })).toThrow('in step 0')
  })

  test('puts those that waited with one time in the order of their arrival', () => {
    const about = joined(0, [])
    const byKey = [[row('a', 'v2~x', 5), row('b', 'v1~x', 5), row('a', 'v0~x', 6)]]
    const { steps } = inOrderOfArrival(about, { steps: byKey, stores: {} })
    expect(steps).toEqual([[row('b', 'v1~x', 5), row('a', 'v2~x', 5), row('a', 'v0~x', 6)]])
  })
})

test('a failing case shrinks to what it takes to fail', async () => {
  const operators: Operator[] = [
    { op: 'stream', id: 'in', topic: 't' },
    { op: 'map', id: 'mapped', of: 'in', suffix: 'x' },
    { op: 'filter', id: 'kept', of: 'mapped', modulus: 2, drops: 0 },
    { op: 'fold', id: 'fold', of: 'kept', fold: 'count' },
    { op: 'to', id: 'to', of: 'fold', topic: 'out' },
  ]
  const steps = Array.from({ length: 40 }, (_, index) => put('t', `v${index}`, index))
  const values = (about: Case): unknown[] => about.steps.map((step) => (step as Put).value)
  const fails = (about: Case): Promise<boolean> =>
    Promise.resolve(
      ['v7', 'v31'].every((value) => values(about).includes(value)) &&
        about.operators.some(({ op }) => op === 'filter'),
    )
  const small = await shrink({ operator: 'count', operators, steps, stores: [] }, (about) => about, fails)
  expect(values(small)).toEqual(['v7', 'v31'])
  expect(small.operators.map(({ id }) => id)).toEqual(['in', 'kept', 'fold', 'to'])
  expect(small.operators[1]).toMatchObject({ of: 'in' })
})
