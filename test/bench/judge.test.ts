import { expect, test } from 'vitest'
import { differenceOf, digestOf } from '../../bench/digest.ts'
import { eventsFor, lastTimeOf, recordsOf } from '../../bench/input.ts'
import { rowsResult } from '../../bench/nexmark/compare.ts'
import { countOf, firstTime, generateEvents } from '../../bench/nexmark/events.ts'
import { specifications } from '../../bench/nexmark/specification.ts'

const counts = specifications['windowed-count-final']
const updates = specifications['windowed-count-updates']
const rows = [10, 20, 30].map((auction) => ({ auction, start: auction * 1000, bids: 5 }))
const late = 30_000

test('the same rows in another order have the same digest', async () => {
  const one = await digestOf(rowsResult(rows), counts, late)
  const other = await digestOf(rowsResult([...rows].reverse()), counts, late)
  expect(differenceOf(one, other, true)).toBeNull()
  expect(one.all.rows).toBe(3)
})

test('a row twice, a row less and another row are differences', async () => {
  const expected = await digestOf(rowsResult(rows), counts, late)
  const judge = async (found: typeof rows) =>
    differenceOf(expected, await digestOf(rowsResult(found), counts, late), true)
  expect(await judge([...rows, rows[0]!])).toBe('4 rows instead of 3')
  expect(await judge(rows.slice(1))).toBe('2 rows instead of 3')
  expect(await judge([...rows.slice(1), { ...rows[0]!, bids: 6 }])).toBe('3 rows, but not the same ones')
  expect(await judge([rows[0]!, rows[0]!, rows[1]!])).toBe('3 rows, but not the same ones')
})

test('an engine that leaves the last windows open is compared in the others', async () => {
  const expected = await digestOf(rowsResult(rows), counts, late)
  const found = await digestOf(rowsResult(rows.slice(0, 2)), counts, late)
  expect(differenceOf(expected, found, true)).toBe('2 rows instead of 3')
  expect(differenceOf(expected, found, false)).toBeNull()
})

test('of an upsert the last row of a key counts', async () => {
  const expected = await digestOf(rowsResult(rows), updates, late)
  const found = await digestOf(rowsResult([{ ...rows[0]!, bids: 1 }, ...rows]), updates, late)
  expect(differenceOf(expected, found, true)).toBeNull()
})

test('as many bids as were asked for are among the events', () => {
  for (const bids of [1, 46, 47, 92, 20_000]) {
    expect(countOf('bids', eventsFor(bids))).toBe(bids)
    expect(recordsOf(specifications.q0, eventsFor(bids))).toBe(bids)
  }
  expect(recordsOf(specifications.q23, 5_000)).toBe(5_000)
  expect(recordsOf(specifications.q13, 5_000)).toBe(4_600)
})

test('the last time is that of the last event', () => {
  expect(lastTimeOf(1)).toBe(firstTime)
  expect(lastTimeOf(1_234)).toBe([...generateEvents(1_234)].at(-1)!.time)
})
