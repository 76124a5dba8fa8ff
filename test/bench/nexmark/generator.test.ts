import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encodeEvent } from '../../../bench/nexmark/encode.ts'
import { countOf, eventsPerSecond, firstTime, generateEvents } from '../../../bench/nexmark/events.ts'
import { Auction, Bid, type NexmarkEvent, Person } from '../../../bench/nexmark/model.ts'

const count = 50_000
const events = [...generateEvents(count)]
const ofTopic = <T extends NexmarkEvent['topic']>(topic: T): Extract<NexmarkEvent, { topic: T }>['value'][] =>
  events.filter((event) => event.topic === topic).map(({ value }) => value as never)
const [persons, auctions, bids] = [ofTopic('persons'), ofTopic('auctions'), ofTopic('bids')]

test('the seed gives the same bytes on every machine', () => {
  const hash = createHash('sha256')
  for (const event of events) hash.update(encodeEvent(event))
  expect(hash.digest('hex').slice(0, 16)).toMatchInlineSnapshot(`"1933b1a21ba03ee3"`)
})

test('of every 50 events 1 is a person, 3 are auctions, 46 are bids', () => {
  expect([persons.length, auctions.length, bids.length]).toEqual([1_000, 3_000, 46_000])
  for (const some of [1, 3, 4, 5, 49, 50, 51, 54]) {
    const first = events.slice(0, some)
    for (const topic of ['persons', 'auctions', 'bids'] as const)
      expect(countOf(topic, some)).toBe(first.filter((event) => event.topic === topic).length)
  }
})

test('events are in the order of their time, 10,000 a second', () => {
  for (const [number, { time, value }] of events.entries()) {
    expect(value.dateTime).toBe(time)
    expect(time).toBe(firstTime + Math.floor((number * 1000) / eventsPerSecond))
  }
})

test('JSON has the fields in the order of the model, and nothing that would have to be escaped', () => {
  const schemas = { persons: Person, auctions: Auction, bids: Bid }
  for (const event of events.slice(0, 2_000)) {
    const text = encodeEvent(event)
    const value = JSON.parse(text)
    expect(JSON.stringify(value)).toBe(text)
    expect(Object.keys(value)).toEqual(Object.keys(schemas[event.topic].shape))
    expect(value).toEqual(event.value)
    expect(text).toMatch(/^[\x20-\x7e]*$/)
  }
})

describe('sizes as the reference counts them: 8 bytes a number, texts by their length', () => {
  const mean = (values: readonly object[], numbers: number, texts: readonly string[]): number => {
    const sizes = values.map((value) => {
      const lengths = texts.map((name) => String((value as Record<string, unknown>)[name]).length)
      return numbers * 8 + lengths.reduce((sum, length) => sum + length, 0)
    })
    return sizes.reduce((sum, size) => sum + size, 0) / sizes.length
  }

  test('persons have 200', () => {
    const size = mean(persons, 1, ['name', 'emailAddress', 'creditCard', 'city', 'state', 'extra'])
    expect(Math.abs(size - 200)).toBeLessThan(3)
  })
  test('auctions have 500', () => {
    expect(Math.abs(mean(auctions, 6, ['itemName', 'description', 'extra']) - 500)).toBeLessThan(5)
  })
  test('bids have 100, channel and address apart', () => {
    expect(Math.abs(mean(bids, 4, ['extra']) - 100)).toBeLessThan(2)
  })
})

describe('hot ones', () => {
  const share = <T>(values: readonly T[], isHot: (value: T) => boolean): number =>
    values.filter(isHot).length / values.length

  test('every second bid is for a hot auction', () => {
    expect(share(bids, ({ auction }) => auction % 100 === 0)).toBeCloseTo(0.5, 1)
  })
  test('three of four bids are of hot bidders, who are a thousand ids ahead of the people', () => {
    expect(share(bids, ({ bidder }) => bidder % 100 === 1)).toBeCloseTo(0.75, 1)
    expect(bids.every(({ bidder }) => bidder >= 2_000)).toBe(true)
  })
  test('three of four auctions are of hot sellers', () => {
    expect(share(auctions, ({ seller }) => seller % 100 === 0)).toBeCloseTo(0.75, 1)
  })
  test('every second bid comes through one of four channels; nine in ten of the others tell their id', () => {
    const cold = bids.filter(({ channel }) => channel.startsWith('channel-'))
    expect(cold.length / bids.length).toBeCloseTo(0.5, 1)
    expect(share(cold, ({ url }) => url.includes('&channel_id='))).toBeCloseTo(0.9, 1)
    expect(new Set(bids.filter((bid) => !cold.includes(bid)).map(({ channel }) => channel)).size).toBe(4)
  })
})

test('every channel has one address, with three folders', () => {
  const addresses = new Map(bids.map(({ channel, url }) => [channel, url]))
  expect(bids.every(({ channel, url }) => addresses.get(channel) === url)).toBe(true)
  for (const url of addresses.values()) expect(url.split('?')[0]!.split('/')).toHaveLength(7)
})

test('prices run from 100 to 100 million, as many below 100,000 as above', () => {
  const prices = bids.map((bid) => bid.price)
  expect(Math.min(...prices)).toBeGreaterThanOrEqual(100)
  expect(Math.max(...prices)).toBeLessThanOrEqual(100_000_000)
  expect(prices.filter((price) => price < 100_000).length / prices.length).toBeCloseTo(0.5, 1)
})

test('auctions end after about as long as a hundred others take to come', () => {
  const lengths = auctions.map(({ dateTime, expires }) => expires - dateTime)
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(1)
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length
  expect(Math.abs(mean - 167)).toBeLessThan(5)
})

test('bids are for auctions in flight and a few that come next', () => {
  let known = 0
  for (const { topic, value } of events) {
    if (topic === 'auctions') known = value.id
    if (topic !== 'bids' || value.auction % 100 === 0) continue
    expect(value.auction).toBeGreaterThanOrEqual(known - 100)
    expect(value.auction).toBeLessThanOrEqual(known + 10)
  }
})

test('a person is 1 in 50: ids go up by one', () => {
  expect(persons.map(({ id }) => id)).toEqual(persons.map((_, index) => 1_000 + index))
  expect(auctions.map(({ id }) => id)).toEqual(auctions.map((_, index) => 1_000 + index))
  expect(new Set(auctions.map(({ category }) => category))).toEqual(new Set([10, 11, 12, 13, 14]))
})
