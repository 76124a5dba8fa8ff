/** Rows before a window closes, by the wall clock: what the operator does when the runtime tells it the time. */
import { expect, test } from 'vitest'
import { from, json, onWallClock, text, topic, topology, tumbling } from '../../../src/index.ts'
import { drive, type Flow } from '../../../src/testing/index.ts'
import type { Bench } from '../bench.ts'
import { ms, windowFlow } from './flows.ts'

const tens = tumbling(ms(10), { grace: ms(100) })
const noon = Date.UTC(2026, 0, 1, 12)

function flowOf(): Bench {
  return windowFlow(tens, onWallClock({ seconds: 1 }))
}

/** As the runtime does: nothing fires before it is due. */
function tell({ task }: Bench, now: number): void {
  if (task.wallClockDueAt <= now) task.fireWallClock(now)
}

test('nothing is due while nothing has changed', () => {
  expect(flowOf().task.wallClockDueAt).toBe(Number.POSITIVE_INFINITY)
})

test('the first time it is told, it begins to count; after the interval the changed windows speak, in their order', () => {
  const flow = flowOf()
  flow.put('b', 'x', 1)
  flow.put('a', 'y', 12)
  flow.put('a', 'z', 2)
  tell(flow, noon)
  expect(flow.said()).toEqual([])
  expect(flow.task.wallClockDueAt).toBe(noon + 1000)
  tell(flow, noon + 999)
  expect(flow.said()).toEqual([])
  tell(flow, noon + 1000)
  expect(flow.said()).toEqual(['a=[0,10] early z@2', 'b=[0,10] early x@1', 'a=[10,20] early y@12'])
  expect(flow.task.wallClockDueAt).toBe(Number.POSITIVE_INFINITY)
})

test('missed intervals are one; a window that has not changed since says nothing', () => {
  const flow = flowOf()
  flow.put('a', 'x', 1)
  flow.put('b', 'y', 1)
  tell(flow, noon)
  tell(flow, noon + 1000)
  flow.said()
  flow.put('a', 'z', 2)
  tell(flow, noon + 5500)
  expect(flow.said()).toEqual(['a=[0,10] early x+z@2'])
  flow.put('a', 'w', 2)
  expect(flow.task.wallClockDueAt).toBe(noon + 6500)
})

test('the time it waits for is saved, and what has changed is in the store', () => {
  const before = flowOf()
  before.put('a', 'x', 1)
  tell(before, noon)
  const saved = before.task.saveTimes()
  expect(saved).toEqual({ sums: { time: 1, closed: -1, wallClock: noon + 1000 } })
  expect(JSON.parse(JSON.stringify(saved))).toEqual(saved)
  before.task.restoreTimes(saved)
  expect(before.task.wallClockDueAt).toBe(noon + 1000)
  tell(before, noon + 1000)
  expect(before.said()).toEqual(['a=[0,10] early x@1'])
})

test('the final row comes by event time', () => {
  const flow = flowOf()
  flow.put('a', 'x', 1)
  tell(flow, noon)
  flow.task.advance(110)
  expect(flow.said()).toEqual(['a=[0,10] final x@1'])
  tell(flow, noon + 1000)
  expect(flow.said()).toEqual([])
})

const clicks = topic('clicks', { key: text, value: json<string>() })
const panes = topic('panes', { key: text, value: json<string>() })

/** Three records and the wall clock between them; restarted before each step, or never. */
function driven(restarts: boolean): string[][] {
  const counted = from(clicks, { idle: 'off' })
    .window(tumbling({ hours: 1 }))
    .count('counts')
    .early(onWallClock({ seconds: 10 }))
  const flow = drive(topology('app', counted.map(({ pane, value }) => `${pane} ${value}`).to(panes)))
  const steps: ((flow: Flow) => void)[] = [
    () => flow.put(clicks, 'x', { key: 'a', time: noon }),
    () => flow.advance({ seconds: 9 }),
    () => flow.put(clicks, 'y', { key: 'a', time: noon + 1 }),
    () => flow.advance({ seconds: 1 }),
    () => flow.advance({ seconds: 60 }),
    () => flow.put(clicks, 'z', { key: 'b', time: noon + 2 }),
    () => flow.advance({ seconds: 10 }),
    () => flow.end(),
  ]
  return steps.map((step) => {
    if (restarts) flow.restart()
    step(flow)
    return flow.take(panes).map(({ key, value }) => `${key} ${value}`)
  })
}

test('driven: what has changed, every ten seconds; then the final row', () => {
  const said = driven(false)
  expect(said.slice(0, 5)).toEqual([[], [], [], ['a early 2'], []])
  expect(said.slice(5, 7).flat()).toEqual(['b early 1'])
  expect(said[7]).toEqual(['a final 2', 'b final 1'])
})

test('driven: a restart before each step changes nothing', () => {
  expect(driven(true)).toEqual(driven(false))
})
