/** Events as JSON. All is ASCII without quotes or backslashes: texts are written as they are, which is fast. */
import type { Auction, Bid, NexmarkEvent, Person } from './model.ts'

/** @example encodeEvent(event) // '{"auction":1000,"bidder":2001,…}' */
export function encodeEvent({ topic, value }: NexmarkEvent): string {
  if (topic === 'bids') return encodeBid(value)
  return topic === 'auctions' ? encodeAuction(value) : encodePerson(value)
}

function encodeBid({ auction, bidder, price, channel, url, dateTime, extra }: Bid): string {
  return `{"auction":${auction},"bidder":${bidder},"price":${price},"channel":"${channel}","url":"${url}","dateTime":${dateTime},"extra":"${extra}"}`
}

function encodeAuction(auction: Auction): string {
  const { id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra } = auction
  const about = `"id":${id},"itemName":"${itemName}","description":"${description}","initialBid":${initialBid}`
  const times = `"reserve":${reserve},"dateTime":${dateTime},"expires":${expires}`
  return `{${about},${times},"seller":${seller},"category":${category},"extra":"${extra}"}`
}

function encodePerson({ id, name, emailAddress, creditCard, city, state, dateTime, extra }: Person): string {
  const about = `"id":${id},"name":"${name}","emailAddress":"${emailAddress}","creditCard":"${creditCard}"`
  return `{${about},"city":"${city}","state":"${state}","dateTime":${dateTime},"extra":"${extra}"}`
}
