import { describe, expect, test } from 'vitest'
import { sleep } from '../src/clock.ts'
import { seededRandom } from '../src/random.ts'
import { VirtualClock } from '../src/virtual-clock.ts'

describe('a virtual clock', () => {
  test('calls what is due in the order of time, and of asking where times are the same', async () => {
    const clock = new VirtualClock(0)
    const order: string[] = []
    for (const [name, at] of [
      ['c', 5],
      ['a', 1],
      ['b', 1],
      ['d', 9],
    ] as const) {
      clock.after(at, () => order.push(`${name}@${clock.now()}`))
    }
    await clock.advance({ milliseconds: 6 })
    expect([order, clock.now(), clock.pending]).toEqual([['a@1', 'b@1', 'c@5'], 6, 1])
  })

  test('waits between two alarms for what the first has set in motion', async () => {
    const clock = new VirtualClock(0)
    const order: string[] = []
    clock.after(1, () => {
      void Promise.resolve().then(() => clock.after(0, () => order.push('inner')))
    })
    clock.after(2, () => order.push('outer'))
    await clock.advance({ milliseconds: 2 })
    expect(order).toEqual(['inner', 'outer'])
  })

  test('forgets what is cancelled, once', async () => {
    const clock = new VirtualClock(0)
    const timer = clock.after(1, () => expect.unreachable())
    const other = clock.after(2, () => {})
    timer.cancel()
    timer.cancel()
    await clock.untilIdle()
    other.cancel()
    expect([clock.pending, clock.now()]).toEqual([0, 2])
  })

  test('lets as much time pass as a promise needs', async () => {
    const clock = new VirtualClock(0)
    expect(await clock.until(sleep(clock, 90_000).then(() => 'slept'))).toBe('slept')
    expect(clock.now()).toBe(90_000)
    await expect(clock.until(Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(clock.until(new Promise(() => {}))).rejects.toThrow('nothing is going to happen')
    clock.soon(() => clock.after(7_200_000, () => {}))
    await expect(clock.until(new Promise(() => {}))).rejects.toThrow('nothing is going to happen')
    await expect(clock.untilIdle()).rejects.toThrow('1 timers are still set')
  })

  test('passes without waiting where that is asked for', () => {
    const clock = new VirtualClock(0)
    const rung: number[] = []
    clock.after(5, () => clock.after(5, () => rung.push(clock.now())))
    clock.advanceNow({ milliseconds: 20 })
    expect([rung, clock.monotonic()]).toEqual([[10], 20])
  })

  test('tells whole milliseconds', () => {
    const clock = new VirtualClock(0)
    clock.advanceNow({ milliseconds: 1.5 })
    expect([clock.now(), clock.monotonic()]).toEqual([1, 1.5])
  })

  test('sets no timer for a time that is no number', () => {
    expect(() => new VirtualClock().after(Number.NaN, () => {})).toThrow(RangeError)
  })

  test('keeps order among many', async () => {
    const clock = new VirtualClock(0)
    const random = seededRandom(9)
    const rung: number[] = []
    for (let count = 0; count < 500; count++) {
      const timer = clock.after(Math.floor(random.next() * 100), () => rung.push(clock.now()))
      if (count % 7 === 0) timer.cancel()
    }
    clock.advanceNow({ seconds: 1 })
    expect(rung).toEqual(rung.toSorted((one, other) => one - other))
    expect(rung).toHaveLength(500 - 72)
  })
})
