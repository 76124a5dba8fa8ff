import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../../../src/clock.ts'
import { subscribe } from '../../../src/observe/events.ts'
import { RestoreProgress } from '../../../src/runtime/restore/restore-progress.ts'

let told: unknown[]
let stops: (() => void)[]

beforeEach(() => {
  told = []
  stops = (['restore.started', 'restore.progress', 'restore.ended'] as const).map((name) =>
    subscribe(name, (event) => told.push({ name, ...event })),
  )
})

afterEach(() => {
  for (const stop of stops) stop()
})

function clockAt(): { readonly clock: Clock; pass(milliseconds: number): void } {
  let now = 5_000
  return {
    clock: { monotonic: () => now } as Clock,
    pass(milliseconds) {
      now += milliseconds
    },
  }
}

const place = { task: 'flights-3', store: 'departures' }

describe('a store that is restored', () => {
  it('tells when it begins, once a second how far it is, and when it is through', () => {
    const { clock, pass } = clockAt()
    const progress = new RestoreProgress(clock, place.task, place.store)
    expect(progress.remaining).toBeNull()
    progress.begin(1_000, 5_000)
    pass(400)
    progress.rows = 300
    progress.reached(1_400)
    pass(600)
    progress.rows = 800
    progress.reached(2_000)
    expect(progress.remaining).toBe(3_000)
    pass(900)
    progress.reached(4_900)
    pass(100)
    progress.rows = 2_000
    progress.reached(5_000)
    progress.finish()
    expect(told).toEqual([
      { name: 'restore.started', ...place, remaining: 4_000 },
      // A thousand offsets in a second, although only 800 of them hold rows: the rest takes three seconds.
      { name: 'restore.progress', ...place, rows: 800, remaining: 3_000, rowsPerSecond: 800, millisecondsLeft: 3_000 },
      { name: 'restore.ended', ...place, rows: 2_000, rowsPerSecond: 1_000 },
    ])
  })

  it('can not say how long it takes before anything has come', () => {
    const { clock, pass } = clockAt()
    const progress = new RestoreProgress(clock, place.task, place.store)
    progress.begin(0, 100)
    pass(1_000)
    progress.reached(0)
    expect(told.at(-1)).toMatchObject({ rowsPerSecond: 0, millisecondsLeft: null })
  })

  it('that has nothing to read says so at once', () => {
    const { clock } = clockAt()
    const progress = new RestoreProgress(clock, place.task, place.store)
    progress.begin(7, 7)
    progress.reached(7)
    progress.finish()
    expect(told).toEqual([
      { name: 'restore.started', ...place, remaining: 0 },
      { name: 'restore.ended', ...place, rows: 0, rowsPerSecond: 0 },
    ])
  })
})
