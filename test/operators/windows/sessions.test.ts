/** Sessions, `semantics.md` 3.3 and C2. */
import { describe, expect, test } from 'vitest'
import { findFault, from, json, number, session, text, topic, topology } from '../../../src/index.ts'
import { bench } from '../bench.ts'
import { input, ms, output, play, type Step, windowFlow } from './flows.ts'

const gap = 300_000

function counting(mode: 'final' | 'updates') {
  const counted = from(input)
    .window(session(ms(gap)))
    .count('counts')
  const results = mode === 'final' ? counted : counted.updates()
  return bench(
    topology(
      'app',
      results
        .map((count, { window }) => `[${window.start.getTime()},${window.end.getTime()}] ${count ?? '†'}`)
        .to(output),
    ),
  )
}

describe('C2', () => {
  test.each<[what: string, mode: 'final' | 'updates', steps: readonly Step[]]>([
    [
      'updates merge a session that is over',
      'updates',
      [
        ['first@0', '[0,0] 1@0'],
        [`second@${gap + 1}`, `[${gap + 1},${gap + 1}] 1@${gap + 1}`],
        [`third@${gap / 2}`, '[0,0] †@0', `[${gap + 1},${gap + 1}] †@${gap + 1}`, `[0,${gap + 1}] 3@${gap + 1}`],
      ],
    ],
    [
      'final never touches a session that was emitted',
      'final',
      [
        ['first@0'],
        [`second@${gap + 1}`, '[0,0] 1@0'],
        [`third@${gap / 2}`],
        ['end', `[${gap / 2},${gap + 1}] 2@${gap + 1}`],
      ],
    ],
    [
      'two at one time are one session, nothing was merged away',
      'updates',
      [
        ['x@0', '[0,0] 1@0'],
        ['y@0', '[0,0] 2@0'],
      ],
    ],
    ['two at one time are one session', 'final', [['x@0'], ['y@0'], ['end', '[0,0] 2@0']]],
    [
      'a session that grows leaves a tombstone',
      'updates',
      [
        ['x@0', '[0,0] 1@0'],
        ['y@5', '[0,0] †@0', '[0,5] 2@5'],
      ],
    ],
    [
      'final, several keys',
      'final',
      [
        ['a:x@0'],
        ['b:x@0'],
        ['c:x@0'],
        ['d:x@0'],
        [`d:x@${gap / 2}`],
        [`a:x@${gap + 1}`, '[0,0] 1@0', 'b=[0,0] 1@0', 'c=[0,0] 1@0'],
        [`b:x@${gap + 1}`],
        [`a:x@${gap + 1 + gap / 2}`, `d=[0,${gap / 2}] 2@${gap / 2}`],
        [`c:x@${gap + 1 + gap / 2}`],
      ],
    ],
  ])('%s (%s)', (_what, mode, steps) => {
    const { told, asked } = play(counting(mode), steps)
    expect(told).toEqual(asked)
  })
})

describe('merging, gap 10', () => {
  test.each<[what: string, steps: readonly Step[]]>([
    [
      'every session that the record touches, in the order of their ends, then the record',
      [
        ['x@20', '[20,20] x@20'],
        ['y@40', '[40,40] y@40'],
        ['z@30', '[20,20] †@20', '[40,40] †@40', '[20,40] x|y+z@40'],
      ],
    ],
    [
      'a record within a session is a merge too',
      [
        ['x@20', '[20,20] x@20'],
        ['y@25', '[20,20] †@20', '[20,25] x+y@25'],
        ['z@22', '[20,25] †@25', '[20,25] x+y+z@25'],
      ],
    ],
    [
      'sessions of other keys are not touched',
      [
        ['x@20', '[20,20] x@20'],
        ['b:y@25', 'b=[25,25] y@25'],
      ],
    ],
    ['a null value reaches the fold', [['∅@20', '[20,20] null@20']]],
  ])('%s', (_what, steps) => {
    const flow = windowFlow(session(ms(10), { grace: ms(100) }), 'updates')
    const { told, asked } = play(flow, steps)
    expect(told).toEqual(asked)
  })
})

describe('late records', () => {
  test('late iff the merged end lies before T − grace − gap: what bridges into a live session is not', () => {
    const flow = windowFlow(session(ms(10), { grace: ms(5) }))
    const { told, asked } = play(flow, [
      ['x@100'],
      ['alone@84', 'late alone [84,84]@84'],
      ['touching@90'],
      ['bridging@80'],
      ['end', '[80,100] x+touching+bridging@100'],
    ])
    expect(told).toEqual(asked)
  })

  test('with too little grace two final sessions can lie closer than the gap', () => {
    const flow = windowFlow(session(ms(10)))
    const { told, asked } = play(flow, [
      ['x@20'],
      ['b:z@31', '[20,20] x@20'],
      ['y@25'],
      ['end', '[25,25] y@25', 'b=[31,31] z@31'],
    ])
    expect(told).toEqual(asked)
  })
})

test('rows come out by end, start and the bytes of the key', () => {
  const flow = windowFlow(session(ms(10), { grace: ms(1000) }))
  for (const [key, time] of [
    ['b', 50],
    ['a', 50],
    ['c', 44],
    ['c', 50],
    ['a', 20],
  ] as const)
    flow.put(key, time, time)
  flow.task.advance(Number.POSITIVE_INFINITY)
  expect(flow.said()).toEqual(['a=[20,20] 20@20', 'c=[44,50] 44+50@50', 'a=[50,50] 50@50', 'b=[50,50] 50@50'])
})

test('keys of which one begins with the other do not meet', () => {
  const keys = topic('in', { key: text, value: json<string>() })
  const counted = from(keys)
    .window(session(ms(10), { grace: ms(100) }))
    .count('counts')
  const flow = bench(topology('app', counted.to(topic('counts', { key: text, value: number }))))
  for (const key of ['a', 'ab', 'a\0', 'a\0b', '']) for (const time of [1, 5]) flow.put(key, 'x', time)
  flow.task.advance(Number.POSITIVE_INFINITY)
  expect(flow.said()).toEqual(['', 'a', 'a\0', 'a\0b', 'ab'].map((key) => `${key}=2@5`))
})

test('reduce merges with its own step', () => {
  const joined = from(input)
    .window(session(ms(10)))
    .reduce('sums', (one, other) => `${one},${other}`)
  const flow = bench(topology('app', joined.to(output)))
  flow.context.outOfOrderness = 100
  for (const time of [20, 40, 30]) flow.put('a', time, time)
  flow.task.advance(Number.POSITIVE_INFINITY)
  expect(flow.said()).toEqual(['a=20,40,30@40'])
})

test('a fold that cannot merge is refused where types were not looked at', () => {
  const untyped = from(input).window(session(ms(10))) as unknown as {
    aggregate(name: string, fold: object): unknown
  }
  try {
    untyped.aggregate('sums', { as: number, start: 0, add: (sum: number) => sum + 1 })
    expect.unreachable()
  } catch (error) {
    expect(findFault(error)).toMatchObject({ kind: 'fatal', code: 'MR4004' })
  }
})
