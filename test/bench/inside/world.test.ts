import { expect, test } from 'vitest'
import { countingClock } from '../../../bench/inside/counting-clock.ts'
import { works } from '../../../bench/inside/works.ts'
import { runInside } from '../../../scripts/tools/inside/run-inside.ts'

const terms = { partitions: 4, keys: 400, records: 40_000, recordsPerBatch: 500 }

test('a worker without a broker reads all there is, and what it writes is counted', async () => {
  const { records, summary, written } = await runInside(works.copy!, terms, countingClock())
  expect(records).toBe(terms.records)
  expect(summary).toMatchObject({ recordsIn: terms.records, recordsOut: terms.records, deadLetters: 0 })
  expect(written.get('out')).toMatchObject({ records: terms.records })
})

test('bids of one auction lie in one partition, and time goes on: windows close with all of them', async () => {
  // 10,000 bids a second: four seconds lie in one window.
  const { summary } = await runInside(works.count!, terms, countingClock())
  expect(summary).toMatchObject({ recordsIn: terms.records, recordsOut: terms.keys, late: 0 })
})

test('hundreds of tasks that come to their ends one by one take few commits', async () => {
  const many = { partitions: 128, keys: 1_280, records: 128_000, recordsPerBatch: 500 }
  const { summary } = await runInside(works.drop!, many, countingClock())
  expect(summary.recordsIn).toBe(many.records)
  // The first one is that of the positions; by the clock of this test 240 ms pass.
  expect(summary.commits).toBeLessThan(10)
})
