/** Bad input: every file through every serde, as value and as key, and through every stage that bytes can fail in. */
import { expect, test } from 'vitest'
import { differences, resultsOf } from './corpus.ts'
import { expectations } from './expected.ts'

test('there are enough of them', () => {
  expect(expectations.length).toBeGreaterThanOrEqual(80)
})

test.each(expectations.map((row) => [row.file, row.what, row] as const))('%s: %s', async (_file, _what, row) => {
  const results = await resultsOf(row)
  expect(results.length).toBeGreaterThanOrEqual(10)
  expect(differences(results)).toEqual([])
})

test('no file has changed what objects inherit', () => {
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})
