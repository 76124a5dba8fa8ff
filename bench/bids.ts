/**
 * Nexmark's bids from one seed, so that every engine reads the same bytes. The constants are those of nexmark/nexmark
 * with its defaults: of every 50 events 1 is a new person, 3 are new auctions, 46 are bids.
 */
import { type Random, seededRandom } from '../scripts/tools/world.ts'

/** A bid as its reader sees it. */
export interface Bid {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  /** Milliseconds since 1970. */
  readonly dateTime: number
  /** Padding. */
  readonly extra: string
}

/** A bid about to be produced. */
export interface EncodedBid {
  readonly auction: number
  readonly dateTime: number
  readonly json: string
}

export const seed = 20_130_101
/** Bids a second of event time. */
export const bidsPerSecond = 10_000
export const firstTime: number = Date.UTC(2026, 0, 1)

const bidsPerRound = 46
const auctionsPerRound = 3
const firstId = 1_000
const auctionsInFlight = 100
const activePeople = 1_000
const idLead = 10
/** 1 − 1/ratio of all draws are hot. */
const hotAuctionRatio = 2
const hotBidderRatio = 4
const hotChannelRatio = 2
const hotStep = 100
const hotChannels = ['Google', 'Facebook', 'Baidu', 'Apple'] as const
const coldChannels = 10_000
/** Makes the mean of all records about 130 bytes. */
const extraLength = { least: 12, most: 44 } as const
const letters = 'abcdefghijklmnopqrstuvwxyz'

/** `count` bids in the order of their event time. */
export function* generateBids(count: number): Generator<EncodedBid, void, undefined> {
  const random = seededRandom(seed)
  for (let number = 0; number < count; number++) {
    const round = Math.floor(number / bidsPerRound)
    const auction = drawAuction(random, (round + 1) * auctionsPerRound - 1)
    const bidder = drawBidder(random, round)
    const price = Math.round(100 * 10 ** (6 * random.next()))
    const dateTime = firstTime + Math.floor((number * 1000) / bidsPerSecond)
    const words = `"auction":${auction},"bidder":${bidder},"price":${price},"channel":"${drawChannel(random)}"`
    const json = `{${words},"dateTime":${dateTime},"extra":"${drawExtra(random)}"}`
    yield { auction, dateTime, json }
  }
}

function drawAuction(random: Random, last: number): number {
  if (isHot(random, hotAuctionRatio)) return firstId + Math.floor(last / hotStep) * hotStep
  const oldest = Math.max(0, last - auctionsInFlight)
  return firstId + oldest + below(random, last - oldest + 1 + idLead)
}

function drawBidder(random: Random, last: number): number {
  if (isHot(random, hotBidderRatio)) return firstId + Math.floor(last / hotStep) * hotStep + 1
  const active = Math.min(last + 1, activePeople)
  // The reference adds the first person's id twice for bidders drawn this way.
  return firstId + firstId + last + 1 - active + below(random, active + idLead)
}

function drawChannel(random: Random): string {
  if (isHot(random, hotChannelRatio)) return hotChannels[below(random, hotChannels.length)]!
  return `channel-${below(random, coldChannels)}`
}

function drawExtra(random: Random): string {
  const length = extraLength.least + below(random, extraLength.most - extraLength.least + 1)
  let extra = ''
  // One draw gives about five letters: the padding must not be dearer than the bid.
  for (let bits = 0; extra.length < length; bits = Math.floor(bits / letters.length)) {
    if (bits < letters.length) bits = Math.floor(random.next() * letters.length ** 6)
    extra += letters[bits % letters.length]
  }
  return extra
}

function isHot(random: Random, ratio: number): boolean {
  return below(random, ratio) > 0
}

function below(random: Random, bound: number): number {
  return Math.floor(random.next() * bound)
}
