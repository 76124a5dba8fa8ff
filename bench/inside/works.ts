/** Topologies on bids alone, for the world without a broker. */
import { from, json, type Topic, type Topology, text, topic, topology, tumbling } from '../../src/index.ts'

interface Bid {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly url: string
  readonly dateTime: number
  readonly extra: string
}

const bids: Topic<string, Bid> = topic('nexmark.bids', { key: text, value: json<Bid>() })
const out = topic('out', { key: text, value: json<object>() })
const bidsAsText = topic('nexmark.bids', { key: text, value: text })
const textOut = topic('out', { key: text, value: text })
const eurosPerDollar = 0.908

const pass: Topology = topology('inside-pass', from(bids).to(out))

const map: Topology = topology(
  'inside-map',
  from(bids)
    .map((bid) => ({ ...bid, price: bid.price * eurosPerDollar }))
    .to(out),
)

/** No JSON: what is left is the way of a record from fetch to output. */
const copy: Topology = topology('inside-copy', from(bidsAsText).to(textOut))

/** Nothing comes out and nothing is decoded but text: the loop alone. */
const drop: Topology = topology(
  'inside-drop',
  from(bidsAsText)
    .filter(() => false)
    .to(textOut),
)

/** Steps that do next to nothing: what a step costs. */
const steps: Topology = topology(
  'inside-steps',
  from(bidsAsText)
    .filter(() => true)
    .map((bid) => bid)
    .peek(() => undefined)
    .map((bid) => bid)
    .filter(() => false)
    .to(textOut),
)

const count: Topology = topology(
  'inside-count',
  from(bids, { timestamp: (bid) => bid.dateTime })
    .window(tumbling({ seconds: 10 }))
    .count('bids-per-auction')
    .map((total, { key, window }) => ({ auction: key, start: window.start.getTime(), bids: total }))
    .to(out),
)

/** The same by Kafka's timestamp and without JSON: time, state and the loop. */
const countText: Topology = topology(
  'inside-count-text',
  from(bidsAsText)
    .window(tumbling({ seconds: 10 }))
    .count('bids-per-auction')
    .map((total, { key, window }) => `${key},${window.start.getTime()},${total}`)
    .to(textOut),
)

/** As many rows as there are keys, all of them open to the end: what state costs when it grows. */
const countLong: Topology = topology(
  'inside-count-long',
  from(bidsAsText)
    .window(tumbling({ days: 1_000 }))
    .count('bids-per-auction')
    .map((total, { key }) => `${key},${total}`)
    .to(textOut),
)

export const works: Readonly<Record<string, Topology>> = {
  pass,
  map,
  copy,
  drop,
  steps,
  count,
  'count-text': countText,
  'count-long': countLong,
}
