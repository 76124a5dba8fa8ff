/** What is done with a batch of bids, as one would write it without a framework. */

export interface Bid {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly url: string
  readonly dateTime: number
  readonly extra: string
}

/** A message to be sent. */
export interface Output {
  readonly key: string
  readonly value: string
}

/** Makes of the bids of a batch what is to be written. It may remember. */
export type BatchWork = (bids: readonly Bid[]) => Output[]

const windowMilliseconds = 10_000
const eurosPerDollar = 0.908

function eachBid(change: (bid: Bid) => object): () => BatchWork {
  return () => (bids) => bids.map((bid) => ({ key: String(bid.auction), value: JSON.stringify(change(bid)) }))
}

/** One row for every window that the batch has changed. */
function countWindows(): BatchWork {
  const counts = new Map<string, { auction: number; start: number; bids: number }>()
  return (bids) => {
    const changed = new Set<string>()
    for (const { auction, dateTime } of bids) {
      const start = dateTime - (dateTime % windowMilliseconds)
      const name = `${auction} ${start}`
      const row = counts.get(name)
      if (row === undefined) counts.set(name, { auction, start, bids: 1 })
      else row.bids++
      changed.add(name)
    }
    return Array.from(changed, (name) => {
      const row = counts.get(name)!
      return { key: String(row.auction), value: JSON.stringify(row) }
    })
  }
}

const inEuros = ({ auction, bidder, price, dateTime, extra }: Bid) => ({
  auction,
  bidder,
  price: price * eurosPerDollar,
  dateTime,
  extra,
})

/** Every work by its name, made anew for each run. */
export const works: Readonly<Record<string, () => BatchWork>> = {
  q0: eachBid(({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price, dateTime, extra })),
  q1: eachBid(inEuros),
  map: eachBid(inEuros),
  'windowed-count-updates': countWindows,
}
