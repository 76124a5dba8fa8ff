import { describe, expect, test } from 'vitest'
import {
  countWindow,
  cumulate,
  findFault,
  globalWindow,
  hopping,
  onChange,
  onEventTime,
  onRecords,
  onWallClock,
  session,
  sliding,
  tumbling,
} from '../../src/index.ts'
import { cumulateStart, firstStart, isWindows } from '../../src/time/windows.ts'

const ms = (milliseconds: number) => ({ milliseconds })

describe('windows are frozen data, in milliseconds', () => {
  test.each<[made: unknown, data: object]>([
    [
      tumbling({ seconds: 1 }, { grace: ms(5), offset: ms(3) }),
      { kind: 'tumbling', size: 1000, hop: 1000, offset: 3, grace: 5 },
    ],
    [hopping(ms(10), { every: ms(4) }), { kind: 'hopping', size: 10, hop: 4, offset: 0, grace: 0 }],
    [
      cumulate({ minutes: 1 }, { step: { seconds: 20 }, grace: ms(7), offset: ms(-2) }),
      { kind: 'cumulate', size: 60_000, step: 20_000, offset: -2, grace: 7 },
    ],
    [sliding(ms(10), { grace: ms(1) }), { kind: 'sliding', length: 10, grace: 1 }],
    [session({ hours: 6 }), { kind: 'session', gap: 21_600_000, grace: 0 }],
    [countWindow(5), { kind: 'count', count: 5, every: 5, timeout: null }],
    [countWindow(5, { every: 2, timeout: ms(9) }), { kind: 'count', count: 5, every: 2, timeout: 9 }],
    [globalWindow(), { kind: 'global' }],
    [onRecords(3), { kind: 'records', count: 3 }],
    [onWallClock({ seconds: 1 }), { kind: 'wall-clock', every: 1000 }],
    [onEventTime(ms(4)), { kind: 'event-time', every: 4 }],
  ])('%o', (made, data) => {
    expect(made).toEqual(data)
    expect(Object.isFrozen(made)).toBe(true)
  })

  test('a trigger on change keeps its question', () => {
    const trigger = onChange<number>((before = 0, after) => after > before + 2)
    expect(trigger.kind === 'change' && [trigger.when(undefined, 3), trigger.when(1, 3)]).toEqual([true, false])
  })
})

describe('nonsense is refused with MR4003', () => {
  const refused: Record<string, () => unknown> = {
    'no size': () => tumbling({}),
    'half a millisecond': () => tumbling(ms(0.5)),
    'a negative size': () => tumbling(ms(-1)),
    'a hop longer than the size': () => hopping(ms(10), { every: ms(11) }),
    'no hop': () => hopping(ms(10), { every: {} }),
    'negative grace': () => tumbling(ms(10), { grace: ms(-1) }),
    'half a millisecond of grace': () => session(ms(10), { grace: ms(0.5) }),
    'an offset that is no number': () => tumbling(ms(10), { offset: ms(Number.NaN) }),
    'a step that does not divide the size': () => cumulate(ms(10), { step: ms(3) }),
    'a step longer than the size': () => cumulate(ms(10), { step: ms(20) }),
    'no step': () => cumulate(ms(10), { step: {} }),
    'sliding without length': () => sliding({}),
    'sliding with endless grace': () => sliding(ms(1), { grace: ms(Number.POSITIVE_INFINITY) }),
    'a session without gap': () => session({}),
    'no records': () => countWindow(0),
    'half a record': () => countWindow(1.5),
    'records left out between windows': () => countWindow(2, { every: 3 }),
    'a timeout of nothing': () => countWindow(2, { timeout: {} }),
    'a trigger after no records': () => onRecords(0),
    'a trigger at every moment': () => onEventTime({}),
    'a trigger with negative interval': () => onWallClock(ms(-1)),
  }
  test.each(Object.keys(refused))('%s', (name) => {
    let fault: unknown
    try {
      refused[name]!()
    } catch (error) {
      fault = findFault(error)
    }
    expect(fault).toMatchObject({ kind: 'fatal', code: 'MR4003' })
  })
})

describe('where windows begin', () => {
  test.each([
    [10, 10, 0, 0, 0],
    [10, 10, 0, 9, 0],
    [10, 10, 0, 10, 10],
    [10, 5, 0, 4, 0],
    [10, 5, 0, 5, 0],
    [10, 5, 0, 10, 5],
    [10, 5, 0, 14, 5],
    [10, 5, 0, 15, 10],
    [10, 3, 0, 10, 3],
    [10, 10, 3, 13, 13],
    [10, 10, 3, 12, 3],
    [10, 10, -3, 6, 7],
  ])('size %i, hop %i, offset %i: the first that holds %i starts at %i', (size, hop, offset, time, start) => {
    const windows = hopping(ms(size), { every: ms(hop), offset: ms(offset) })
    expect(firstStart(windows, time)).toBe(start)
  })

  test.each([
    [0, 0, 0],
    [59, 0, 0],
    [60, 0, 60],
    [12, 5, 5],
    [64, 5, 5],
    [65, 5, 65],
  ])('cumulating to 60: %i with offset %i starts at %i', (time, offset, start) => {
    expect(cumulateStart(cumulate(ms(60), { step: ms(20), offset: ms(offset) }), time)).toBe(start)
  })
})

describe('windows that were made elsewhere', () => {
  const made: Record<string, object> = {
    tumbling: tumbling(ms(10), { offset: ms(-3) }),
    hopping: hopping(ms(10), { every: ms(4) }),
    cumulate: cumulate(ms(10), { step: ms(5) }),
    sliding: sliding(ms(10)),
    session: session(ms(10)),
    count: countWindow(5, { timeout: ms(1) }),
    'count without timeout': countWindow(5),
    global: globalWindow(),
  }
  test.each(Object.keys(made))('%s: a copy is as good', (name) => {
    expect(isWindows({ ...made[name] })).toBe(true)
  })

  test.each<[given: unknown]>([
    [undefined],
    [null],
    ['tumbling'],
    [{ minutes: 1 }],
    [{ kind: 'weekly' }],
    [{ kind: 'toString' }],
    [{ ...made.tumbling, size: 0 }],
    [{ ...made.tumbling, grace: -1 }],
    [{ ...made.hopping, hop: 11 }],
    [{ ...made.hopping, offset: undefined }],
    [{ ...made.cumulate, step: 3 }],
    [{ ...made.sliding, length: '10' }],
    [{ ...made.session, gap: Number.NaN }],
    [{ ...made.count, every: 6 }],
    [{ ...made.count, timeout: 0 }],
  ])('refused: %o', (given) => {
    expect(isWindows(given)).toBe(false)
  })
})
