import { describe, expect, test } from 'vitest'
import { from, text, topic, topology } from '../../../src/index.ts'
import type { Progress } from '../../../src/runtime/commit/progress.ts'
import type { Task } from '../../../src/runtime/tasks/task.ts'
import { align, committedPace, type Pace, slowest } from '../../../src/runtime/time/alignment.ts'
import { drive } from '../../../src/testing/drive.ts'

const pace = (watermark: number, isQuiet = false): Pace => ({ watermark, isQuiet })

describe('the slowest of a sub-topology', () => {
  test.each([
    ['is the smallest W', [pace(30), pace(10), pace(20)], 10],
    ['is none that has nothing to take', [pace(30), pace(10, true), pace(20)], 20],
    ['counts before its first record', [pace(30), pace(-1)], -1],
    ['is none where all are quiet', [pace(30, true), pace(10, true)], Number.POSITIVE_INFINITY],
    ['is none where there is nobody', [], Number.POSITIVE_INFINITY],
  ])('%s', (_what, paces, expected) => {
    expect(slowest(paces)).toBe(expected)
  })

  test.each([
    ['is as far as it has committed', { quiet: false, run: null }, pace(7)],
    ['that has read all there is holds nobody', { quiet: true, run: null }, pace(7, true)],
    ['of a release that did not say counts', { run: null }, pace(7)],
    ['at the end of its bounded run holds nobody', { run: { done: true } }, pace(7, true)],
  ])('elsewhere %s', (_what, progress, expected) => {
    expect(committedPace({ watermark: { value: 7 }, ...progress } as unknown as Progress)).toEqual(expected)
  })
})

describe('a task', () => {
  const source = (maxDrift: number | 'off') => ({ node: { kind: 'source', maxDrift } })
  /** A stand-in with what alignment looks at. */
  function taskAt(
    id: string,
    watermark: number,
    { maxDrift = 100 as number | 'off', isQuiet = false, group = 0 } = {},
  ) {
    const subTopology = { id: group, sources: [{ node: 0 }], nodes: [source(maxDrift)] }
    const task = {
      id,
      description: { id, subTopology, inputs: [{ source: 0 }] },
      subTopology,
      watermark: { value: watermark },
      phase: 'running',
      isQuiet,
      holdAt: Number.POSITIVE_INFINITY,
      get isHeld() {
        return task.watermark.value > task.holdAt
      },
    }
    return task
  }
  const run = (tasks: readonly ReturnType<typeof taskAt>[], elsewhere: Record<string, Pace> = {}) => {
    const plan = [...tasks, ...Object.keys(elsewhere).map((id) => taskAt(id, 0))].map((each) => each.description)
    return align(tasks as unknown as Task[], plan as never, (id) => elsewhere[id] ?? null)
  }
  const held = (tasks: readonly ReturnType<typeof taskAt>[]) => tasks.map((task) => task.isHeld)

  test('is held only when it is more than maxDrift ahead', () => {
    const tasks = [taskAt('a', 0), taskAt('b', 100), taskAt('c', 101)]
    run(tasks)
    expect(held(tasks)).toEqual([false, false, true])
  })

  test('that is held is let go when the slowest has come closer, or has nothing more to take', () => {
    for (const change of [{ watermark: { value: 1 } }, { isQuiet: true }, { phase: 'done' }]) {
      const tasks = [taskAt('a', 0), taskAt('c', 101)]
      expect(run(tasks)).toBe(false)
      Object.assign(tasks[0]!, change)
      expect(run(tasks)).toBe(true)
      expect(held(tasks)).toEqual([false, false])
    }
  })

  test('waits also for one elsewhere, as far as that has committed; not for one that nobody has heard of', () => {
    const tasks = [taskAt('c', 101)]
    run(tasks, { a: pace(0) })
    expect(held(tasks)).toEqual([true])
    run(tasks, { a: pace(0, true) })
    expect(held(tasks)).toEqual([false])
  })

  test('without maxDrift is never held, nor is one because of another sub-topology', () => {
    const tasks = [
      taskAt('a', 0, { group: 1 }),
      taskAt('b', 0, { maxDrift: 'off' }),
      taskAt('c', 900, { maxDrift: 'off' }),
    ]
    const other = taskAt('d', 500, { group: 2 })
    run([...tasks, other])
    expect(held([...tasks, other])).toEqual([false, false, false, false])
  })

  test('some task is never held, whatever their times', () => {
    for (const watermarks of [
      [5, 5],
      [-1, 1e12, 3],
      [0, 101, 202, 303],
    ]) {
      const tasks = watermarks.map((watermark, index) => taskAt(String(index), watermark, { maxDrift: 0 }))
      run(tasks)
      expect(held(tasks)).toContain(false)
    }
  })
})

describe('driven', () => {
  const noon = Date.UTC(2026, 0, 1, 12)
  const events = topic('events', { key: text, value: text })
  const others = topic('others', { key: text, value: text })
  const seen = topic('seen', { key: text, value: text })

  /** A wait makes a backlog: nothing is taken before the clock has moved. */
  function backlog(maxDrift: { readonly seconds: number } | null, seconds: readonly (readonly number[])[]) {
    const taken: { readonly partition: number; readonly time: number }[] = []
    const options = { wait: { minutes: 1 }, idle: 'off', ...(maxDrift && { maxDrift }) } as const
    const app = topology(
      'aligned',
      from(events, options)
        .merge(from(others, options))
        .peek((_value, { partition, time }) => void taken.push({ partition, time: (time - noon) / 1_000 }))
        .to(seen),
    )
    const flow = drive(app, { partitions: seconds.length })
    for (const [partition, times] of seconds.entries())
      for (const time of times) flow.put(events, 'x', { key: 'k', time: noon + time * 1_000, partition })
    expect(taken).toEqual([])
    flow.advance({ minutes: 1 })
    return taken
  }

  /** How far each task was ahead of the slowest that still had records, when it took one. */
  function leads(taken: ReturnType<typeof backlog>, counts: readonly number[]): number[] {
    const left = [...counts]
    const watermarks = counts.map(() => -0.001)
    return taken.map(({ partition, time }) => {
      const slow = Math.min(...watermarks.filter((_, each) => left[each]! > 0))
      const lead = watermarks[partition]! - slow
      watermarks[partition] = Math.max(watermarks[partition]!, time)
      left[partition]!--
      return lead
    })
  }

  const every = (step: number, until: number) => Array.from({ length: until / step }, (_, index) => index * step)
  const inputs = [every(100, 1_000), every(7, 1_000), every(1, 300), []]
  const counts = inputs.map(({ length }) => length)

  test.each([0, 10, 250])(
    'no task takes a record while it is more than %i s ahead of the slowest; all are taken',
    (drift) => {
      const taken = backlog({ seconds: drift }, inputs)
      expect(Math.max(...leads(taken, counts))).toBeLessThanOrEqual(drift)
      expect(taken).toHaveLength(counts.reduce((sum, count) => sum + count))
    },
  )

  test('without maxDrift one task runs ahead of the others', () => {
    expect(Math.max(...leads(backlog(null, inputs), counts))).toBeGreaterThan(250)
  })
})
