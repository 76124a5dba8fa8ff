import { describe, expect, test } from 'vitest'
import { from, hopping, json, text, topic, topology, tumbling } from '../../../src/index.ts'
import type { WindowStore } from '../../../src/state/store.ts'
import type { TimeWindows } from '../../../src/time/windows.ts'
import { type Bench, bench } from '../bench.ts'

const input = topic('in', { key: text, value: json<string | number | null>() })
const output = topic('out', { key: text, value: json<unknown>() })
const lateOutput = topic('late', { key: text, value: json<unknown>() })

const ms = (milliseconds: number) => ({ milliseconds })
const tens = tumbling(ms(10))

/** Appends what it folds, so that order shows. */
function appending(windows: TimeWindows, mode: 'final' | 'updates' = 'final'): Bench {
  const folded = from(input)
    .window(windows)
    .aggregate('sums', { as: text, start: '0', add: (sum: string, value) => `${sum}+${value}` })
  const results = mode === 'final' ? folded : folded.updates()
  return bench(
    topology(
      'app',
      results.map((sum, { window }) => `[${window.start.getTime()},${window.end.getTime()}) ${sum}`).to(output),
      results.late
        .map(({ value, window, operatorTime }) => `late ${value} for ${window.start.getTime()} at ${operatorTime}`)
        .to(lateOutput),
    ),
  )
}

describe('updates of hopping windows', () => {
  test('every change comes out in ascending starts, stamped with the largest time (C1)', () => {
    const c1 = appending(hopping(ms(10), { every: ms(5), grace: ms(100) }), 'updates')
    const cases: [value: number, time: number, said: string[]][] = [
      [2, 1, ['B=[0,10) 0+2@1']],
      [2, 6, ['B=[0,10) 0+2+2@6', 'B=[5,15) 0+2@6']],
      [2, 8, ['B=[0,10) 0+2+2+2@8', 'B=[5,15) 0+2+2@8']],
      [2, 11, ['B=[5,15) 0+2+2+2@11', 'B=[10,20) 0+2@11']],
      [2, 13, ['B=[5,15) 0+2+2+2+2@13', 'B=[10,20) 0+2+2@13']],
      [1, 3, ['B=[0,10) 0+2+2+2+1@8']],
      [2, 2, ['B=[0,10) 0+2+2+2+1+2@8']],
      [3, 9, ['B=[0,10) 0+2+2+2+1+2+3@9', 'B=[5,15) 0+2+2+2+2+3@13']],
    ]
    for (const [value, time, said] of cases) {
      c1.put('B', value, time)
      expect(c1.said()).toEqual(said)
    }
  })

  test('final says nothing while no window closes (C1)', () => {
    const c1 = appending(hopping(ms(10), { every: ms(5), grace: ms(100) }))
    for (const time of [1, 6, 8, 11, 13, 3, 2, 9]) c1.put('B', 2, time)
    expect(c1.said()).toEqual([])
    c1.task.advance(Number.POSITIVE_INFINITY)
    expect(c1.said()).toHaveLength(3)
  })

  test('a closed window leaves the store without another word', () => {
    const flow = appending(tens, 'updates')
    flow.put('a', 1, 5)
    flow.said()
    flow.put('a', 1, 10)
    expect(flow.said()).toEqual(['a=[10,20) 0+1@10'])
    expect(flow.stores.get('sums')!.size).toBe(1)
  })
})

describe('closing', () => {
  test.each([
    [10, 0, 9, 10],
    [10, 5, 14, 15],
    [7, 3, 9, 10],
  ])('size %i grace %i: open at T = %i, closed at T = %i', (size, grace, open, closed) => {
    const flow = appending(tumbling(ms(size), { grace: ms(grace) }))
    flow.put('a', 1, 1)
    flow.task.advance(open)
    expect(flow.said()).toEqual([])
    flow.task.advance(closed)
    expect(flow.said()).toEqual([`a=[0,${size}) 0+1@1`])
  })

  test('windows come out by end, start and the bytes of the key', () => {
    const flow = appending(tens)
    // U+10000 is two surrogates in UTF-16, which sort before U+FFFF there, but not in UTF-8.
    for (const key of ['\u{10000}', 'b', '\uFFFF', 'a', 'ä', 'ab']) flow.put(key, 1, 12)
    flow.put('z', 1, 3)
    flow.said()
    flow.task.advance(100)
    const keys = flow.said().map((line) => line.split('=')[0])
    expect(keys).toEqual(['a', 'ab', 'b', 'ä', '\uFFFF', '\u{10000}'])
  })

  test('earlier windows first, whatever order their records came in', () => {
    const flow = appending(tumbling(ms(10), { grace: ms(100) }))
    for (const time of [35, 5, 25, 15]) flow.put('a', time, time)
    flow.task.advance(1_000)
    expect(flow.said()).toEqual([5, 15, 25, 35].map((time) => `a=[${time - 5},${time + 5}) 0+${time}@${time}`))
  })

  test('a jump of time closes every window once', () => {
    const flow = appending(hopping(ms(10), { every: ms(5) }))
    flow.put('a', 1, 7)
    flow.put('a', 2, 1_000_000)
    expect(flow.said()).toEqual(['a=[0,10) 0+1@7', 'a=[5,15) 0+1@7'])
    flow.task.advance(2_000_000)
    flow.task.advance(2_000_000)
    expect(flow.said()).toEqual(['a=[999995,1000005) 0+2@1000000', 'a=[1000000,1000010) 0+2@1000000'])
    expect(flow.stores.get('sums')!.size).toBe(0)
    expect((flow.stores.get('sums') as WindowStore).firstStart).toBe(Number.POSITIVE_INFINITY)
  })

  test('what time has passed closes before the record that moved it is handled', () => {
    const flow = appending(tens, 'final')
    flow.put('a', 'old', 5)
    flow.put('a', 'new', 12)
    expect(flow.said()).toEqual(['a=[0,10) 0+old@5'])
  })

  test('handlers behind a closing window see no source record, then the one in hand again', () => {
    const seen: unknown[] = []
    const results = from(input)
      .window(tens)
      .count('counts')
      .peek((count, { key, time, window, topic: source, offset }) => {
        seen.push([count, key, time, window.start.getTime(), source, offset])
      })
    const inHand = from(input).peek((_value, { key, time, topic: source, offset, window }) => {
      seen.push([key, time, source, offset, window])
    })
    const flow = bench(topology('app', results.to(output), inHand.to(lateOutput)))
    flow.put('a', 1, 5)
    flow.put('b', 1, 10)
    expect(seen).toEqual([
      ['a', 5, 'in', 7, null],
      [1, 'a', 5, 0, null, -1],
      ['b', 10, 'in', 7, null],
    ])
  })

  test('the end of a bounded run closes everything and is not remembered as a time', () => {
    const flow = appending(tens)
    flow.put('a', 1, 5)
    flow.put('a', 1, 25)
    flow.said()
    flow.task.advance(Number.POSITIVE_INFINITY)
    expect(flow.said()).toEqual(['a=[20,30) 0+1@25'])
    expect(Object.values(flow.task.saveTimes())).toEqual([{ time: 25, closed: 10, ahead: [[20, 30]] }])
    expect(JSON.parse(JSON.stringify(flow.task.saveTimes()))).toEqual(flow.task.saveTimes())
    flow.put('a', 'again', 26)
    expect(flow.said()).toEqual(['a=late again for 20 at 26@26'])
  })
})

describe('late records', () => {
  // Size 10, grace 5, one record at T = 15 - 1 or 15: the window [0, 10) closes at 15.
  test.each([
    [9, 9, 'taken'],
    [9, 10, 'taken'],
    [9, 14, 'taken'],
    [9, 15, 'late'],
    [0, 14, 'taken'],
    [0, 15, 'late'],
    [10, 15, 'taken'],
  ])('a record at %i while T is %i is %s', (time, operatorTime, fate) => {
    const flow = appending(tumbling(ms(10), { grace: ms(5) }))
    flow.put('clock', 0, operatorTime)
    flow.put('a', 1, time)
    expect(flow.counters.late).toBe(fate === 'late' ? 1 : 0)
    flow.task.advance(Number.POSITIVE_INFINITY)
    const results = flow.said().filter((line) => line.startsWith('a=['))
    expect(results).toHaveLength(fate === 'late' ? 0 : 1)
  })

  test('a hopping record may be late for one window and in time for another', () => {
    const flow = appending(hopping(ms(10), { every: ms(5) }))
    flow.put('a', 'x', 11)
    flow.said()
    flow.put('a', 'y', 9)
    expect(flow.said()).toEqual(['a=late y for 0 at 11@9'])
    expect(flow.counters.late).toBe(1)
    flow.task.advance(100)
    expect(flow.said()).toEqual(['a=[5,15) 0+x+y@11', 'a=[10,20) 0+x@11'])
  })

  test('each refused window is told and counted', () => {
    const flow = appending(hopping(ms(10), { every: ms(5) }))
    flow.put('a', 'x', 100)
    flow.put('a', 'y', 7)
    expect(flow.said()).toEqual(['a=late y for 0 at 100@7', 'a=late y for 5 at 100@7'])
    expect(flow.counters.late).toBe(2)
  })

  test('what was late before a restart is late after it', () => {
    const before = appending(tens)
    before.put('a', 1, 25)
    const after = appending(tens)
    after.task.restoreTimes(before.task.saveTimes())
    after.put('a', 'old', 15)
    expect(after.said()).toEqual(['a=late old for 10 at 25@15'])
    after.put('a', 'in time', 21)
    expect(after.said()).toEqual([])
  })

  test('an operator that was never saved starts at -1', () => {
    const flow = appending(tens)
    flow.put('a', 1, 25)
    flow.task.restoreTimes({})
    expect(Object.values(flow.task.saveTimes())).toEqual([{ time: -1, closed: -1 }])
  })
})

describe('what moves time', () => {
  test('a record less how far its source is out of order', () => {
    const flow = appending(tens)
    flow.context.outOfOrderness = 8
    flow.put('a', 1, 5)
    flow.put('a', 1, 17)
    expect(flow.said()).toEqual([])
    flow.put('a', 1, 18)
    expect(flow.said()).toEqual(['a=[0,10) 0+1@5'])
  })

  test('behind a repartition topic only marks', () => {
    const words = from(input).keyBy('word', (value) => String(value))
    const flow = bench(topology('app', words.window(tens).count('counts').to(output)), { subTopology: 1 })
    const receive = (time: number): void => {
      flow.context.raisesTime = false
      flow.task.receive(0, 'a', 'a', time)
    }
    receive(5)
    receive(500)
    expect(flow.said()).toEqual([])
    flow.task.advance(10)
    expect(flow.said()).toEqual(['a=1@5'])
  })

  test('a filtered record moves time by its mark', () => {
    const kept = from(input).filter((value) => value !== 'drop')
    const flow = bench(topology('app', kept.window(tens).count('counts').to(output)))
    flow.put('a', 1, 5, 5)
    flow.put('a', 'drop', 30, 30)
    expect(flow.said()).toEqual(['a=1@5'])
    expect(flow.counters.filtered).toBe(1)
  })

  test('results of a window never make each other late in the next one', () => {
    const counts = from(input)
      .window(tumbling(ms(100), { grace: ms(10) }))
      .count('counts')
    const flow = bench(
      topology(
        'app',
        counts
          .window(tumbling(ms(20)))
          .count('twice')
          .to(output),
      ),
    )
    flow.put('a', 1, 95, 95)
    flow.put('b', 1, 5, 95)
    flow.put('c', 1, 110, 110)
    expect(flow.counters.late).toBe(0)
    flow.task.advance(Number.POSITIVE_INFINITY)
    expect(flow.said().slice(0, 2)).toEqual(['b=1@5', 'a=1@95'])
  })
})

describe('taking back', () => {
  test('a record that failed behind the fold leaves nothing', () => {
    const fragile = from(input).window(tens).count('counts').updates().peek(breakAt(2))
    const flow = bench(topology('app', fragile.to(output)))
    flow.put('a', 1, 5)
    expect(() => flow.task.receive(0, 'a', 1, 6)).toThrow('broken')
    expect(flow.nodeName(flow.context.node)).toMatch(/peek/)
    flow.undo.undoTo(0)
    expect((flow.stores.get('counts') as WindowStore).get(0, 'a')).toMatchObject({ value: 1, time: 5 })
    expect(flow.said()).toEqual(['a=1@5'])
  })

  test('a window that closed for a record that then failed closes again', () => {
    const fragile = from(input)
      .window(tens)
      .aggregate('sums', { as: text, start: '', add: (sum: string, value) => `${sum}${failAt('bad', value)}` })
    const flow = bench(topology('app', fragile.to(output)))
    flow.put('a', 'x', 5)
    expect(() => flow.task.receive(0, 'a', 'bad', 12)).toThrow('broken')
    expect(flow.nodeName(flow.context.node)).toMatch(/sums/)
    flow.undo.undoTo(0)
    expect(flow.said()).toEqual([])
    flow.put('a', 'y', 13)
    expect(flow.said()).toEqual(['a=x@5'])
    expect((flow.stores.get('sums') as WindowStore).get(10, 'a')).toMatchObject({ value: 'y', time: 13 })
  })

  test('a row that fails behind its window is reported alone, the others come out', () => {
    const rows = from(input).window(tens).count('counts')
    const flow = bench(
      topology(
        'app',
        rows.to(output),
        rows
          .peek((_count, { key }) => {
            if (key === 'b') throw new Error('broken')
          })
          .to(lateOutput),
      ),
    )
    for (const key of ['a', 'b', 'c']) flow.put(key, 1, 5)
    flow.task.advance(10)
    expect(flow.said()).toEqual(['a=1@5', 'a=1@5', 'c=1@5', 'c=1@5'])
    expect(flow.failedRows).toEqual([{ error: new Error('broken'), key: 'b', value: 1, time: 5 }])
    expect(flow.stores.get('counts')!.size).toBe(0)
  })
})

describe('sums', () => {
  test('reduce starts from the first value', () => {
    const flow = bench(
      topology(
        'app',
        from(input)
          .window(tens)
          .reduce('sums', (sum, value) => `${sum},${value}`)
          .to(output),
      ),
    )
    flow.put('a', 'x', 1)
    flow.put('a', 'y', 2)
    flow.task.advance(10)
    expect(flow.said()).toEqual(['a=x,y@2'])
  })

  test('a null value reaches the fold', () => {
    const flow = appending(tens)
    flow.put('a', null, 1)
    flow.task.advance(10)
    expect(flow.said()).toEqual(['a=[0,10) 0+null@1'])
  })

  test('a null key is a reject', () => {
    expect(() => appending(tens).put(null, 1, 1)).toThrow(expect.objectContaining({ kind: 'reject', code: 'MR3004' }))
  })

  test('a fold that returns nothing is a reject', () => {
    const nothing = from(input)
      .window(tens)
      .aggregate('sums', { as: text, start: '', add: () => undefined as unknown as string })
    const flow = bench(topology('app', nothing.to(output)))
    expect(() => flow.put('a', 1, 1)).toThrow(expect.objectContaining({ kind: 'reject', code: 'MR3002' }))
  })
})

function breakAt(count: number): (value: number) => void {
  return (value) => {
    if (value === count) throw new Error('broken')
  }
}

function failAt(bad: unknown, value: unknown): unknown {
  if (value === bad) throw new Error('broken')
  return value
}
