import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/random.ts'
import { FrameEnds } from '../../src/testing/simulation/network/frames.ts'
import { type Trap, Traps } from '../../src/testing/simulation/network/traps.ts'
import { arrival, fairWeather } from '../../src/testing/simulation/network/weather.ts'

describe('frames in a stream of pieces', () => {
  test.each([1, 2, 3, 5, 100])('end where they end, cut into pieces of %i', (size) => {
    const stream = Buffer.concat(
      [3, 0, 7].map((length) => {
        const frame = Buffer.alloc(4 + length)
        frame.writeInt32BE(length)
        return frame
      }),
    )
    const lengths: number[] = []
    const ends = new FrameEnds((length) => lengths.push(length))
    for (let at = 0; at < stream.length; at += size) ends.push(stream.subarray(at, at + size))
    expect(lengths).toEqual([3, 0, 7])
  })
})

describe('a trap', () => {
  function trapped(trap: Partial<Trap>): { readonly traps: Traps; readonly hits: () => number } {
    let hits = 0
    const traps = new Traps()
    traps.set({ api: 26, moment: 'sent', nth: 1, strike: { kind: 'kill' }, hit: () => hits++, ...trap })
    return { traps, hits: () => hits }
  }

  test('strikes once, at its request and moment', () => {
    const { traps, hits } = trapped({ nth: 2 })
    expect(traps.spring(26, 'before', 9)).toBeNull()
    expect(traps.spring(0, 'sent', 9)).toBeNull()
    expect(traps.spring(26, 'sent', 9)).toBeNull()
    expect(hits()).toBe(0)
    expect(traps.spring(26, 'sent', 9)).toEqual({ kind: 'kill' })
    expect(traps.spring(26, 'sent', 9)).toBeNull()
    expect(hits()).toBe(1)
  })

  test('waits for an answer that holds something', () => {
    const { traps } = trapped({ moment: 'answered', longerThan: 300 })
    expect(traps.spring(26, 'answered', 300)).toBeNull()
    expect(traps.spring(26, 'answered', 301)).not.toBeNull()
  })
})

describe('the weather', () => {
  const terms = { now: 1_000, random: seededRandom(1) }

  test('delays nothing where it is fair', () => {
    expect(arrival(fairWeather(), 'out', 10_000, terms)).toBe(1_000)
  })

  test('keeps one way until it is open again, and no other', () => {
    const cut = { ...fairWeather(), cutInUntil: 5_000 }
    expect(arrival(cut, 'in', 1, terms)).toBe(5_000)
    expect(arrival(cut, 'out', 1, terms)).toBe(1_000)
  })

  test('lets a slow way take its time for each byte', () => {
    expect(arrival({ ...fairWeather(), bytesPerSecond: 1_000 }, 'out', 500, terms)).toBe(1_500)
  })
})
