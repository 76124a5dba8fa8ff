import { expect, test } from 'vitest'
import { differences } from './corpus.ts'
import { resultsOnBroker } from './on-broker.ts'

test('a real worker makes the same of every file', async () => {
  const results = await resultsOnBroker()
  expect(results.length).toBeGreaterThan(700)
  expect(differences(results)).toEqual([])
})
