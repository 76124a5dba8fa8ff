import { expect, test } from 'vitest'
import { isTime, timestampFault } from '../../src/time/timestamps.ts'

test.each([
  [0, null],
  [1_700_000_000_000.5, null],
  [8.64e15, null],
  [-0.5, 'negative'],
  [-1, 'negative'],
  [-8.64e15, 'negative'],
  [8.64e15 + 1_024, 'invalid'],
  [1.7e18, 'invalid'],
  [Number.NaN, 'invalid'],
  [Number.POSITIVE_INFINITY, 'invalid'],
  [Number.NEGATIVE_INFINITY, 'invalid'],
  ['1700000000000', 'invalid'],
  [1_700_000_000_000n, 'invalid'],
  [new Date(0), 'invalid'],
  [null, 'missing'],
  [undefined, 'missing'],
])('the timestamp %s is %s', (time, fault) => {
  expect(timestampFault(time)).toBe(fault)
  if (typeof time === 'number') expect(isTime(time)).toBe(fault === null)
})
