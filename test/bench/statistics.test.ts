import { expect, test } from 'vitest'
import { median, quantile, rounded } from '../../bench/statistics.ts'

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([30, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([7])).toBe(7)
})

test('a quantile is a value that occurs', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
  expect([0.5, 0.99, 1, 0].map((share) => quantile(hundred, share))).toEqual([50, 99, 100, 1])
  expect(quantile([5], 0.99)).toBe(5)
  expect(quantile([], 0.5)).toBeNaN()
})

test('numbers are cut where they say nothing more', () => {
  expect([rounded(1.005, 1), rounded(2.349, 2), rounded(1234.5, 0)]).toEqual([1, 2.35, 1235])
})
