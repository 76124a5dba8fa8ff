/** What the guard must not let through: `drop`, with a step that makes something for every record. */
import { from, type Topology, text, topic, topology } from '../../src/index.ts'

const bids = topic('nexmark.bids', { key: text, value: text })
const out = topic('out', { key: text, value: text })

/** What is made here is kept until the next record, or the compiler would not make it at all. */
let made: unknown = null

function dropping(name: string, make: (bid: string) => unknown): Topology {
  return topology(
    name,
    from(bids)
      .filter((bid) => {
        made = make(bid)
        return made === null
      })
      .to(out),
  )
}

export const wasteful: Readonly<Record<string, Topology>> = {
  'a-closure': dropping('wasteful-closure', (bid) => () => bid),
  'a-promise': dropping('wasteful-promise', (bid) => Promise.resolve(bid)),
  'a-copy': dropping('wasteful-copy', (bid) => new Uint8Array(bid.length).slice()),
}
