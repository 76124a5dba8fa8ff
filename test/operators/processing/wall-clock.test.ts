/** Periodic calls by the wall clock: first after one interval, missed ones are one, each a recorded decision. */
import { describe, expect, test } from 'vitest'
import { from, json, nullable, number, text, topic, topology, tumbling, valueState } from '../../../src/index.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'

const input = topic('in', { key: text, value: text })
const output = topic('out', { key: nullable(text), value: json<unknown>() })
const counts = topic('counts', { key: text, value: number })
const ms = (milliseconds: number) => ({ milliseconds })

const records = () => from(input, { idle: 'off' })

function ticking(): Flow {
  const ticks = records().process('ticks', {
    onRecord: () => [],
    everyWallClock: {
      every: ms(10),
      run({ time, now, key, topic: source, offset, headers }) {
        expect([key, source, offset, headers]).toEqual([null, null, -1, []])
        return [`tick, event time ${now()}`].concat(time < 0 ? ['negative'] : [])
      },
    },
  })
  return drive(topology('app', ticks.to(output)), { now: 1_000 })
}

const said = (flow: Flow): string[] => flow.take(output).map(({ key, value, time }) => `${key}=${value}@${time}`)
const put = (flow: Flow, value: string, time = 5): void => flow.put(input, value, { key: value, time })

describe('periodic calls by the wall clock', () => {
  test('begin after one interval; missed ones are one, and the next keeps in step', () => {
    const flow = ticking()
    put(flow, 'a')
    const moves: [by: number, told: string[]][] = [
      [9, []],
      [1, ['null=tick, event time 5@1010']],
      [35, ['null=tick, event time 5@1045']],
      [4, []],
      [1, ['null=tick, event time 5@1050']],
    ]
    for (const [by, told] of moves) {
      flow.advance(ms(by))
      expect(said(flow)).toEqual(told)
    }
  })

  test('records bring none, and events in the past none sooner', () => {
    const flow = ticking()
    put(flow, 'a', 5)
    put(flow, 'a', 5_000)
    expect(said(flow)).toEqual([])
  })

  test('keep in step over a restart', () => {
    const flow = ticking()
    put(flow, 'a')
    flow.advance(ms(10))
    flow.restart()
    flow.advance(ms(9))
    expect(said(flow)).toHaveLength(1)
    flow.advance(ms(1))
    expect(said(flow)).toHaveLength(1)
  })

  test('each is a decision, and a replay of it gives the same result', () => {
    const flow = ticking()
    put(flow, 'a', 5)
    flow.advance(ms(10))
    put(flow, 'b', 7)
    flow.advance(ms(25))
    const recording = flow.decisions()
    expect(recording.flatMap(({ decisions }) => decisions.map(({ kind, wallTime }) => `${kind} ${wallTime}`))).toEqual([
      'timer 1000',
      'timer 1010',
      'timer 1035',
    ])
    const ticks = said(flow)
    expect(ticks).toEqual(['null=tick, event time 5@1010', 'null=tick, event time 7@1035'])
    const again = drive(replayed(), { now: 1_036, decisions: recording })
    put(again, 'a', 5)
    put(again, 'b', 7)
    expect(said(again)).toEqual(ticks)
  })

  const replayed = () =>
    topology(
      'app',
      records()
        .process('ticks', {
          onRecord: () => [],
          everyWallClock: { every: ms(10), run: ({ now }) => [`tick, event time ${now()}`] },
        })
        .to(output),
    )

  test('are called for each key that has state; what they write has event time', () => {
    const flow = drive(
      topology(
        'app',
        records()
          .process('p', {
            state: { seen: valueState(number, { ttl: ms(10) }) },
            onRecord: (value, { state }) => void (value === 'look' ? null : state.seen.set(1)),
            everyWallClock: {
              every: ms(10),
              forEachKey: true,
              run({ key, state }) {
                const seen = state.seen.get()!
                state.seen.set(seen + 1)
                return [`${key} ${seen}`]
              },
            },
          })
          .to(output),
      ),
      { now: 1_000 },
    )
    put(flow, 'b', 5)
    put(flow, 'a', 5)
    flow.advance(ms(10))
    put(flow, 'look', 14)
    flow.advance(ms(10))
    expect(said(flow)).toEqual(['a=a 1@1010', 'b=b 1@1010', 'a=a 2@1020', 'b=b 2@1020'])
    put(flow, 'look', 24)
    flow.advance(ms(10))
    expect(said(flow)).toEqual([])
  })

  test('one that fails is asked about, and does not come again', () => {
    let calls = 0
    const ticks = records().process('p', {
      everyWallClock: {
        every: ms(10),
        run() {
          if (++calls === 1) throw new Error('first')
          return ['tick']
        },
      },
    })
    const flow = drive(topology('app', ticks.to(output)), { now: 1_000 })
    put(flow, 'a')
    flow.advance(ms(10))
    flow.advance(ms(10))
    expect(said(flow)).toEqual(['null=tick@1020'])
    expect(JSON.parse(flow.deadLetters('in')[0]!.value!.toString())).toEqual({ every: 'wall-clock', time: 1_010 })
  })

  test('are cancelled from inside, for good', () => {
    const ticks = records().process('p', {
      everyWallClock: {
        every: ms(10),
        run({ cancel }) {
          cancel()
          return ['tick']
        },
      },
    })
    const flow = drive(topology('app', ticks.to(output)), { now: 1_000 })
    put(flow, 'a')
    flow.advance(ms(10))
    flow.restart()
    flow.advance(ms(50))
    expect(said(flow)).toHaveLength(1)
  })

  test('their results, as young as the wall clock, make nothing behind them late', () => {
    const ticks = records().process('p', {
      onRecord: (value) => [value],
      state: { seen: valueState(number) },
      everyWallClock: { every: ms(10), forEachKey: true, run: () => ['tick'] },
    })
    const window = ticks.window(tumbling(ms(10))).count('per-ten')
    const flow = drive(topology('app', window.to(counts)), { now: 1_000_000 })
    put(flow, 'a', 5)
    flow.advance(ms(10))
    put(flow, 'a', 6)
    put(flow, 'a', 10)
    expect(flow.take(counts).map(({ value, time }) => `${value}@${time}`)).toEqual(['2@6'])
    expect(flow.counters.late).toBe(0)
  })
})
