import { describe, expect, test } from 'vitest'
import { type Comparison, compareResults, recordsResult } from '../../../bench/nexmark/compare.ts'
import type { OutputRecord } from '../../../bench/nexmark/result.ts'
import { type Specification, specifications } from '../../../bench/nexmark/specification.ts'

const record = (value: object | null, key: string | null = null): OutputRecord => ({
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(JSON.stringify(value)),
})
const compare = (
  one: readonly OutputRecord[],
  other: readonly OutputRecord[],
  specification: Specification,
  before?: number,
): Promise<Comparison> => compareResults(recordsResult(one), recordsResult(other), specification, before)

describe('append: every row counts', () => {
  const rows = [record({ auction: 1, price: 2 }), record({ auction: 1, price: 2 }), record({ auction: 3, price: 4 })]

  test('in any order, with fields in any order, and more of them', async () => {
    const other = [record({ price: 4, auction: 3, more: true }), ...rows.slice(0, 2)]
    const { difference } = await compare(rows, other, specifications.q2)
    expect(difference).toBeNull()
  })

  test('as often as it is there', async () => {
    const { difference, foundRecords } = await compare(rows, [...rows.slice(1), rows[2]!], specifications.q2)
    expect(foundRecords).toBe(3)
    expect(difference).toEqual({
      missing: 1,
      surplus: 1,
      told: ['missing: {"auction":1,"price":2}', 'surplus: {"auction":3,"price":4}'],
    })
  })

  test('a row without a field, or none at all, is refused', async () => {
    await expect(compare(rows, [record({ auction: 1 })], specifications.q2)).rejects.toThrow('A row has no price')
    await expect(compare(rows, [record(null, '1')], specifications.q2)).rejects.toThrow('deletion')
  })

  test('the first five of many differences are told', async () => {
    const many = Array.from({ length: 9 }, (_, auction) => record({ auction, price: 1 }))
    const { difference } = await compare(many, [], specifications.q2)
    expect(difference).toMatchObject({ missing: 9, surplus: 0 })
    expect(difference?.told).toHaveLength(5)
  })
})

test('prices in euros are the same whether they were computed with doubles or with decimals', async () => {
  const bid = { auction: 1, bidder: 2, dateTime: 3, extra: '' }
  for (let price = 100; price < 100_000_000; price = Math.ceil(price * 1.01)) {
    const exact = Number(`${Math.floor((price * 908) / 1000)}.${String((price * 908) % 1000).padStart(3, '0')}`)
    const [ours, theirs] = [record({ ...bid, price: price * 0.908 }), record({ ...bid, price: exact })]
    const { difference } = await compare([theirs], [ours], specifications.q1)
    expect(difference).toBeNull()
  }
  const [one, other] = [record({ ...bid, price: 90.8 }), record({ ...bid, price: 90.801 })]
  expect((await compare([one], [other], specifications.q1)).difference).not.toBeNull()
})

describe('upsert: the last row of a key counts', () => {
  const average = (id: number, final: number): OutputRecord => record({ id, final }, String(id))

  test('whatever came before it', async () => {
    const one = [average(10, 1), average(11, 5), average(10, 2)]
    const { difference, expectedRecords } = await compare(one, [average(11, 5), average(10, 2)], specifications.q4)
    expect([difference, expectedRecords]).toEqual([null, 3])
    const stale = await compare(one, [average(11, 5), average(10, 1)], specifications.q4)
    expect(stale.difference).toMatchObject({ missing: 1, surplus: 1 })
  })

  test('a deleted row is gone, by its bare key or by one in JSON', async () => {
    for (const key of ['10', '{"id":10}']) {
      const { difference } = await compare(
        [average(11, 5)],
        [average(10, 1), average(11, 5), record(null, key)],
        specifications.q4,
      )
      expect(difference).toBeNull()
    }
  })

  test('a bare key of a row with several is refused', async () => {
    const row = record({ auction: 1, start: 0, bids: 1 })
    const work = specifications['windowed-count-updates']
    expect((await compare([], [row, record(null, '{"auction":1,"start":0}')], work)).difference).toBeNull()
    await expect(compare([], [row, record(null, '1')], work)).rejects.toThrow('which row')
  })
})

test('windows that end too late are left out on both sides', async () => {
  const window = (start: number, bids: number): OutputRecord => record({ auction: 1, start, bids })
  const [one, other] = [[window(0, 1), window(10_000, 2)], [window(0, 1)]]
  const work = specifications['windowed-count-final']
  expect((await compare(one, other, work, 19_999)).difference).toBeNull()
  expect((await compare(one, other, work, 20_000)).difference).toMatchObject({ missing: 1 })
  expect((await compare(other, one, work, 20_000)).difference).toMatchObject({ surplus: 1 })
})
