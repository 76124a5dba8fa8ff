import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Bid, bidsPerSecond, firstTime, generateBids } from '../../bench/bids.ts'

const bids = [...generateBids(20_000)]
const parsed = bids.map(({ json }) => JSON.parse(json) as Bid)

test('the seed gives the same bytes on every machine', () => {
  const hash = createHash('sha256')
  for (const { json } of bids) hash.update(json)
  expect(hash.digest('hex').slice(0, 16)).toMatchInlineSnapshot(`"6eb5bcfdcf7cc3cc"`)
})

test('records have about 130 bytes', () => {
  const mean = bids.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0) / bids.length
  expect(mean).toBeGreaterThan(125)
  expect(mean).toBeLessThan(135)
})

test('what is written beside the bytes is what is in them', () => {
  for (const [index, bid] of parsed.entries()) {
    expect([bid.auction, bid.dateTime]).toEqual([bids[index]!.auction, bids[index]!.dateTime])
  }
  expect(parsed.at(-1)!.dateTime).toBe(firstTime + Math.floor((19_999 * 1000) / bidsPerSecond))
})

test('every second bid goes to a hot auction, three of four come from a hot bidder', () => {
  const share = (isHot: (bid: Bid) => boolean): number => parsed.filter(isHot).length / parsed.length
  expect(share(({ auction }) => auction % 100 === 0)).toBeCloseTo(0.5, 1)
  expect(share(({ bidder }) => bidder % 100 === 1)).toBeCloseTo(0.75, 1)
  expect(share(({ channel }) => channel.startsWith('channel-'))).toBeCloseTo(0.5, 1)
})
