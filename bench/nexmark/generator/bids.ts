/** Bids. */
import type { Random } from '../../../scripts/tools/world.ts'
import type { Bid } from '../model.ts'
import { drawAuctionInFlight } from './auctions.ts'
import { drawExtra, drawPrice, drawText, isHot, oneOf } from './draws.ts'
import { drawActivePerson } from './persons.ts'
import { firstId, hotOf, hotRatio, lastAuction, lastPerson } from './places.ts'

const hotNames = ['Google', 'Facebook', 'Baidu', 'Apple'] as const
const coldChannels = 10_000
const meanSize = 100
const numbersSize = 4 * 8

interface Channel {
  readonly channel: string
  readonly url: string
}

/** Through which a bid came: every channel has one address. */
export interface Channels {
  readonly hot: readonly Channel[]
  readonly cold: readonly Channel[]
}

export function drawChannels(random: Random): Channels {
  const hot = hotNames.map((channel) => ({ channel, url: drawUrl(random) }))
  const cold = Array.from({ length: coldChannels }, (_, number) => drawColdChannel(random, number))
  return { hot, cold }
}

function drawUrl(random: Random): string {
  const [one, two, three] = [drawText(random, 5, '_'), drawText(random, 5, '_'), drawText(random, 5, '_')]
  return `https://www.nexmark.com/${one}/${two}/${three}/item.htm?query=1`
}

/** Nine in ten tell their id. */
function drawColdChannel(random: Random, number: number): Channel {
  const url = drawUrl(random)
  const told = isHot(random, 10)
  return { channel: `channel-${number}`, url: told ? `${url}&channel_id=${channelId(number)}` : url }
}

/** The bits of the number the other way round, without their sign: what the reference takes for an id. */
function channelId(number: number): number {
  let bits = 0
  for (let place = 0; place < 32; place++) bits = (bits << 1) | ((number >>> place) & 1)
  return Math.abs(bits)
}

export function drawBid(random: Random, padding: string, channels: Channels, number: number, dateTime: number): Bid {
  const hotAuction = isHot(random, hotRatio.auctions)
  const auction = firstId + (hotAuction ? hotOf(lastAuction(number)) : drawAuctionInFlight(random, number))
  const hotBidder = isHot(random, hotRatio.bidders)
  const person = hotBidder ? hotOf(lastPerson(number)) + 1 : drawActivePerson(random, number)
  // The reference adds the first id twice. It stays, so that joins find as much or as little as theirs.
  const bidder = firstId + firstId + person
  const price = drawPrice(random)
  const { channel, url } = isHot(random, hotRatio.channels) ? oneOf(random, channels.hot) : oneOf(random, channels.cold)
  const extra = drawExtra(random, padding, numbersSize, meanSize)
  return { auction, bidder, price, channel, url, dateTime, extra }
}
