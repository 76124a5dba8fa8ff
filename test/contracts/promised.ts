/** What an adapter does not promise is not asked of it: a test with the reason in its name stands there instead. */
import { describe, expect, it } from 'vitest'
import type { KafkaFeatures } from '../../src/kafka/port.ts'
import type { Bench } from './tools.ts'

type Feature = keyof KafkaFeatures

/** Defines the tests of a feature, or one that says why they are not here. */
export function promised({ declared }: Bench, feature: Feature, tests: () => void): void {
  if (declared.features[feature]) {
    tests()
    return
  }
  describe('what is not promised', () => {
    it(`${feature}: ${declared.lacks.get(feature)}`, () => {
      expect(declared.features[feature]).toBe(false)
      expect(declared.lacks.get(feature)).toMatch(/\w+ \w+/)
    })
  })
}

/** Without the promise there are no transactions at all. */
export function refusesExactlyOnce(bench: Bench): void {
  const { features, lacks } = bench.declared
  if (features.exactlyOnce) return
  it(`refuses exactly once, because ${lacks.get('exactlyOnce')}`, () => {
    expect(() => bench.kafka.transactions('any', { timeout: { seconds: 10 } })).toThrow(
      expect.objectContaining({
        text: expect.objectContaining({
          code: 'MR2005',
          why: expect.stringContaining(lacks.get('exactlyOnce')!),
          fix: expect.stringMatching(/own client/),
        }),
      }),
    )
  })
}
