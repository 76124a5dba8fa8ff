/** Each query gives what plain loops over all events give. */
import { describe, expect, test } from 'vitest'
import { compareResults, recordsResult, rowsResult } from '../../../bench/nexmark/compare.ts'
import { generateEvents } from '../../../bench/nexmark/events.ts'
import { expectedRows, foretold, houseOf } from '../../../bench/nexmark/expected.ts'
import type { NexmarkEvent } from '../../../bench/nexmark/model.ts'
import { sideRows } from '../../../bench/nexmark/side.ts'
import { specifications } from '../../../bench/nexmark/specification.ts'
import { workNamed } from '../../../bench/nexmark/works.ts'
import { driven } from './driven.ts'

/** 40 seconds over midnight: windows close, days change. */
const events = [...generateEvents(3_000, { from: Date.UTC(2026, 0, 1, 23, 59, 45), perSecond: 75 })]
const house = houseOf(events, sideRows())

describe.each(foretold.filter((name) => name !== 'q23'))('%s', (name) => {
  test('gives the rows of plain loops', async () => {
    await expectSame(name, events)
  })
})

/** Bidders are people who come a thousand people later: between them most bids may be left out. */
test('q23 gives the rows of plain loops', async () => {
  const far = [...generateEvents(56_000)].filter(({ topic }, number) =>
    topic === 'bids' ? number < 3_000 : number >= 50_000,
  )
  const rows = expectedRows('q23', houseOf(far, sideRows()))
  expect(rows.length).toBeGreaterThan(60)
  await expectSame('q23', far, houseOf(far, sideRows()))
})

test('q12 counts each bid once, whenever the clock says so', () => {
  const rows = driven(workNamed('q12')!, events, { seconds: 10 }).map(({ value }) =>
    JSON.parse(Buffer.from(value!).toString()),
  )
  const bids = events.filter(({ topic }) => topic === 'bids')
  expect(rows.every(({ starttime, endtime }) => endtime - starttime === 10_000)).toBe(true)
  expect(rows.reduce((sum, { bid_count }) => sum + bid_count, 0)).toBe(bids.length)
})

async function expectSame(
  name: (typeof foretold)[number],
  some: readonly NexmarkEvent[],
  place = house,
): Promise<void> {
  const rows = expectedRows(name, place)
  expect(rows.length).toBeGreaterThan(0)
  const found = recordsResult(driven(workNamed(name)!, some))
  const { difference } = await compareResults(rowsResult(rows), found, specifications[name])
  expect(difference).toBeNull()
}
