/** A short run of the fuzzers; the long one is `npm run fuzz`. */
import { describe, expect, test } from 'vitest'
import { fuzzBroker } from './broker.ts'
import { fuzzClient } from './client.ts'

const limits = { seed: 1, cases: Number.POSITIVE_INFINITY, milliseconds: 15_000 }
const growthAllowedMb = 16

describe('hostile bytes', () => {
  for (const [name, fuzz] of [
    ['the embedded broker', fuzzBroker],
    ['the client', fuzzClient],
  ] as const) {
    test(`do ${name} no harm`, { timeout: 60_000 }, async () => {
      const { cases, crashes, hangs, growthMb } = await fuzz(limits)
      expect({ crashes, hangs }).toEqual({ crashes: [], hangs: [] })
      expect(cases).toBeGreaterThan(20)
      expect(growthMb).toBeLessThan(growthAllowedMb)
    })
  }
})
