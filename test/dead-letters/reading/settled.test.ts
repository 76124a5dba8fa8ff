import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Settled } from '../../../src/dead-letters/reading/settled.ts'

const states = ['redriven', 'edited', 'discarded'] as const

test('remembers what a map would, and counts ranges of it', () => {
  const offset = fc.oneof(
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 65_530, max: 65_545 }),
    fc.constant(2 ** 40),
  )
  const write = fc.record({
    topic: fc.constantFrom('a.dlq.x', 'a.dlq.y'),
    partition: fc.integer({ min: 0, max: 2 }),
    offset,
    state: fc.option(fc.constantFrom(...states)),
  })
  fc.assert(
    fc.property(
      fc.array(write),
      fc.integer({ min: 0, max: 70_000 }),
      fc.integer({ min: 0, max: 70_000 }),
      (writes, start, end) => {
        const settled = new Settled()
        const model = new Map<string, string>()
        for (const { state, ...place } of writes) {
          settled.set(place, state)
          const name = JSON.stringify(place)
          if (state === null) model.delete(name)
          else model.set(name, state)
        }
        for (const { state: _, ...place } of writes)
          expect(settled.state(place)).toBe(model.get(JSON.stringify(place)) ?? 'open')
        const inRange = writes
          .map(({ state: _, ...place }) => place)
          .filter((place) => {
            return place.topic === 'a.dlq.x' && place.partition === 1 && place.offset >= start && place.offset < end
          })
        const expected = new Set(inRange.map((place) => JSON.stringify(place)).filter((name) => model.has(name)))
        expect(settled.count('a.dlq.x', 1, start, end)).toBe(expected.size)
      },
    ),
  )
})
