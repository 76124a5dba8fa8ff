import { expect, test } from 'vitest'
import { errorCode, errorName, errors, isRetriable } from '../../src/wire/errors.ts'

test('codes and names belong together, without a gap from -1 to 133', () => {
  const codes = Object.values(errors).map(({ code }) => code)
  expect(codes).toEqual(Array.from({ length: 135 }, (_, index) => index - 1))
  for (const [name, code] of Object.entries(errorCode)) expect(errorName(code)).toBe(name)
})

test('a few that matter', () => {
  expect(errorCode).toMatchObject({ INVALID_PRODUCER_EPOCH: 47, PRODUCER_FENCED: 90, TRANSACTION_ABORTABLE: 120 })
  expect(isRetriable(errorCode.CONCURRENT_TRANSACTIONS)).toBe(true)
  expect(isRetriable(errorCode.PRODUCER_FENCED)).toBe(false)
  expect(isRetriable(errorCode.NONE)).toBe(false)
})

test('a code newer than the table is an unknown error', () => {
  expect(errorName(9_999)).toBe('UNKNOWN_SERVER_ERROR')
})
