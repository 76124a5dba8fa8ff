import { expect, test } from 'vitest'
import { Pace } from '../../../src/dead-letters/moving/pace.ts'
import { VirtualClock } from '../../../src/virtual-clock.ts'

const never = (): boolean => false

/** Takes so often, each time one, and notes when. */
async function times(pace: Pace, clock: VirtualClock, count: number, seconds: number): Promise<number[]> {
  const taken: number[] = []
  const start = clock.monotonic()
  const taking = (async () => {
    for (let at = 0; at < count; at++) {
      await pace.take(1, never)
      taken.push(clock.monotonic() - start)
    }
  })()
  await clock.advance({ seconds })
  await taking
  return taken
}

test('letters go at the rate, the first at once', async () => {
  const clock = new VirtualClock()
  expect(await times(new Pace(clock, 2), clock, 4, 10)).toEqual([0, 500, 1_000, 1_500])
  expect(await times(new Pace(clock, 0.5), clock, 3, 10)).toEqual([0, 2_000, 4_000])
  expect(await times(new Pace(clock, null), clock, 3, 0)).toEqual([0, 0, 0])
})

test('what was missed while Kafka stood still is not made up for all at once', async () => {
  const clock = new VirtualClock()
  const pace = new Pace(clock, 10)
  await pace.take(1, never)
  await clock.advance({ minutes: 10 })
  const taken = await times(pace, clock, 40, 60)
  expect(taken.filter((at) => at === 0).length).toBeLessThanOrEqual(11)
  expect(taken.at(-1)).toBeGreaterThanOrEqual(2_800)
})

test('a stop is heard while the next letter is far away', async () => {
  const clock = new VirtualClock()
  const pace = new Pace(clock, 1 / 3_600)
  await pace.take(1, never)
  let isStopped = false
  let isBack = false
  const taking = pace.take(1, () => isStopped).then(() => (isBack = true))
  await clock.advance({ seconds: 10 })
  expect(isBack).toBe(false)
  isStopped = true
  await clock.advance({ seconds: 1 })
  await taking
  expect(isBack).toBe(true)
})

test('a transaction has four a second at most, and always one', () => {
  const clock = new VirtualClock()
  expect([100, 2_000, 0.1].map((rate) => new Pace(clock, rate).share(500))).toEqual([25, 500, 1])
  expect(new Pace(clock, null).share(500)).toBe(500)
})
