import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimeAxis } from '../../../src/dead-letters/reading/time-axis.ts'

test('whatever the times, nothing is lost and a row stays short', () => {
  const time = fc.oneof(fc.integer({ min: -1, max: 2_000_000 }), fc.integer({ min: 0, max: 8_640_000_000_000_000 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), time), { minLength: 1 }), (entries) => {
      const axis = new TimeAxis()
      const rows = { true: axis.counts(), false: axis.counts() }
      for (const [isFirst, at] of entries) axis.add(rows[`${isFirst}`], at)
      for (const isFirst of [true, false] as const) {
        const own = entries.filter(([first]) => first === isFirst).map(([, at]) => at)
        const row = axis.row(rows[`${isFirst}`])
        expect(row.length).toBeLessThanOrEqual(32)
        const bucketOf = (at: number) => Math.floor(at / axis.width) - axis.start / axis.width
        expect(row).toEqual(row.map((_, bucket) => own.filter((at) => bucketOf(at) === bucket).length))
        expect(row.reduce((sum, count) => sum + count, 0)).toBe(own.length)
      }
    }),
  )
})

test('without times there is no row', () => {
  const axis = new TimeAxis()
  expect([axis.row(axis.counts()), axis.start]).toEqual([[], 0])
})
