import { describe, expect, it } from 'vitest'
import { Rest } from '../../../src/runtime/rest.ts'

const never = Number.POSITIVE_INFINITY
const due = (wallClock: number, monotonic: number) => () => ({ wallClock, monotonic })

describe('how long a wheel rests', () => {
  it.each([
    ['until the first thing is due', 700, 400, 400],
    ['by whichever clock', 300, 400, 300],
    ['not at all where something is due already', -5, 400, 0],
    ['half a minute where nothing is to come', never, never, 30_000],
    ['not for long where the wall clock says when: it may be set', 600_000, never, 5_000],
  ])('%s', (_what, wallClock, monotonic, expected) => {
    expect(new Rest({ wake: () => undefined }).span(due(wallClock, monotonic))).toBe(expected)
  })

  it('not at all where it was woken since the tasks were last looked at', () => {
    let woken = 0
    const rest = new Rest({ wake: () => woken++ })
    rest.wake()
    expect(woken).toBe(1)
    expect([rest.span(due(never, 100)), rest.span(due(never, 100))]).toEqual([0, 0])
    rest.looked()
    expect(rest.span(due(never, 100))).toBe(100)
  })
})
