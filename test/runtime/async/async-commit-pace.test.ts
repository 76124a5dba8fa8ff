import { expect, test } from 'vitest'
import { CommitPace } from '../../../src/runtime/async/commit-pace.ts'

test.each([
  ['nothing waited', 0, 100],
  ['answers came sooner than the interval', 60, 100],
  ['answers took longer', 400, 400],
  ['answers took very long', 5_000, 1_000],
])('%s: the next transaction takes records for %i -> %i ms', (_, waited, next) => {
  const pace = new CommitPace(100)
  pace.due(1_000)
  pace.due(1_010)
  pace.begin(1_000 + waited)
  expect(pace.next).toBe(next)
})

test('a commit that was not due by itself waited for nothing', () => {
  const pace = new CommitPace(100)
  pace.due(1_000)
  pace.begin(1_500)
  pace.begin(9_000)
  expect(pace.next).toBe(100)
})
