/** The breaker's table: the seed values on a clock moved by hand, and the rules of `failures.md` 2.1 one by one. */
import { describe, expect, test } from 'vitest'
import {
  type BreakerCell,
  type BreakerEvent,
  type BreakerState,
  type BreakerValues,
  begin,
  closedBreaker,
  end,
  look,
  mayBegin,
  type Outcome,
  type Permit,
  step,
} from '../../src/policies/breaker-machine.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'

const seed: BreakerValues = { opensAfter: 5, coolsFor: 30_000, closesAfter: 3 }
const patience = 1_000

/** A breaker and its callers. */
class Bench {
  readonly clock = new VirtualClock(0)
  cell: BreakerCell = closedBreaker
  readonly values: BreakerValues

  constructor(values: BreakerValues = seed) {
    this.values = values
  }

  get state(): BreakerState {
    this.cell = look(this.cell, this.values, this.clock.monotonic())
    return this.cell.state
  }

  begin(): Permit | null {
    const begun = begin(this.cell, this.values, this.clock.monotonic(), patience)
    this.cell = begun.cell
    return begun.permit
  }

  end(permit: Permit | null, outcome: Outcome): void {
    this.cell = end(this.cell, permit!, outcome, this.values, this.clock.monotonic())
  }

  call(...outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) this.end(this.begin(), outcome)
  }

  force(event: BreakerEvent): void {
    this.cell = step(this.cell, event, this.values, this.clock.monotonic())
  }

  /** Opens it, and lets it cool. */
  cool(): void {
    this.call(...Array.from({ length: this.values.opensAfter }, () => 'failure' as const))
    this.clock.advanceNow({ milliseconds: this.values.coolsFor })
  }
}

describe('the seed values: five failures, thirty seconds, three successes', () => {
  test('open, cool, probe, close', () => {
    const bench = new Bench()
    bench.call('failure', 'failure', 'failure', 'failure')
    expect(bench.state).toBe('closed')
    bench.call('failure')
    expect(bench.state).toBe('open')
    expect(bench.begin()).toBeNull()
    bench.clock.advanceNow({ seconds: 29, milliseconds: 999 })
    expect(bench.begin()).toBeNull()
    bench.clock.advanceNow({ milliseconds: 1 })
    expect(bench.state).toBe('half-open')
    bench.call('success', 'success')
    expect(bench.state).toBe('half-open')
    bench.call('success')
    expect(bench.cell).toMatchObject({ state: 'closed', failures: 0, openings: 1 })
  })

  test('a success in between begins the count anew', () => {
    const bench = new Bench()
    bench.call('failure', 'failure', 'failure', 'failure', 'success', 'failure', 'failure', 'failure', 'failure')
    expect(bench.state).toBe('closed')
    bench.call('failure')
    expect(bench.state).toBe('open')
  })

  test('a probe that fails opens it for as long again, and its successes are forgotten', () => {
    const bench = new Bench()
    bench.cool()
    bench.call('success', 'success', 'failure')
    expect(bench.state).toBe('open')
    bench.clock.advanceNow({ seconds: 29 })
    expect(bench.state).toBe('open')
    bench.clock.advanceNow({ seconds: 1 })
    bench.call('success', 'success')
    expect(bench.state).toBe('half-open')
  })
})

describe('what counts', () => {
  test('a rejected record counts neither way', () => {
    const bench = new Bench()
    bench.call('failure', 'failure', 'failure', 'failure', 'nothing', 'nothing')
    expect(bench.cell.failures).toBe(4)
    bench.call('failure')
    bench.clock.advanceNow({ seconds: 30 })
    bench.call('success', 'nothing', 'success', 'nothing')
    expect(bench.state).toBe('half-open')
    bench.call('success')
    expect(bench.state).toBe('closed')
  })

  test('a call begun before an opening counts for nothing, also when it is half-open or closed again', () => {
    const bench = new Bench()
    const early = Array.from({ length: 3 }, () => bench.begin())
    bench.cool()
    expect(bench.state).toBe('half-open')
    bench.end(early[0]!, 'success')
    bench.end(early[1]!, 'failure')
    expect(bench.cell).toMatchObject({ state: 'half-open', successes: 0, openings: 1 })
    bench.call('success', 'success', 'success')
    bench.end(early[2]!, 'failure')
    expect(bench.cell).toMatchObject({ state: 'closed', failures: 0 })
  })

  test('half-open lets one through at a time', () => {
    const bench = new Bench()
    bench.cool()
    const probe = bench.begin()
    expect(probe).not.toBeNull()
    expect([bench.begin(), bench.begin()]).toEqual([null, null])
    bench.end(probe, 'nothing')
    expect(bench.begin()).not.toBeNull()
  })

  test('a probe that nobody waits for any more gives its place up, and counts for nothing', () => {
    const bench = new Bench()
    bench.cool()
    const lost = bench.begin()
    bench.clock.advanceNow({ milliseconds: patience - 1 })
    expect(mayBegin(bench.cell, bench.clock.monotonic())).toBe(false)
    bench.clock.advanceNow({ milliseconds: 1 })
    const next = bench.begin()
    expect(next).not.toBeNull()
    bench.end(lost, 'failure')
    expect(bench.state).toBe('half-open')
    expect(bench.begin()).toBeNull()
    bench.end(next, 'success')
    expect(bench.cell.successes).toBe(1)
  })
})

describe('an operator', () => {
  test('opens it until he says otherwise, and what was under way counts for nothing', () => {
    const bench = new Bench()
    const early = bench.begin()
    bench.force('force-open')
    bench.clock.advanceNow({ days: 30 })
    expect(bench.state).toBe('open')
    bench.force('force-probe')
    bench.end(early, 'success')
    expect(bench.cell).toMatchObject({ state: 'half-open', successes: 0 })
    bench.force('force-close')
    expect(bench.cell).toMatchObject({ state: 'closed', failures: 0 })
  })

  test('who opens it twice opens it once', () => {
    const bench = new Bench()
    bench.cool()
    bench.force('force-open')
    bench.force('force-open')
    expect(bench.cell.openings).toBe(1)
  })

  test('also his probes come one at a time', () => {
    const bench = new Bench()
    bench.cool()
    const probe = bench.begin()
    bench.force('force-open')
    bench.force('force-probe')
    expect(bench.begin()).toBeNull()
    bench.end(probe, 'success')
    expect(bench.cell.successes).toBe(0)
    expect(bench.begin()).not.toBeNull()
  })

  test('probes in a closed one, which needs none', () => {
    const bench = new Bench()
    bench.force('force-probe')
    expect(bench.state).toBe('closed')
  })
})
