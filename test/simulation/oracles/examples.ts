/** The topologies whose good histories the judges' tests take. */
import { deadLetter, from, json, number, type Topology, text, topic, topology, tumbling } from '../../../src/index.ts'
import type { Given } from './small-world.ts'

const start = 1_700_000_000_000

const orders = topic('orders', { key: text, value: json<{ readonly total: number }>() })
const large = topic('large', { key: text, value: json<{ readonly total: number; readonly net: number }>() })

/** Orders become large orders; small ones are filtered, bad ones become dead letters. */
export function mapping(): { readonly topology: Topology; readonly records: readonly Given[] } {
  const records = Array.from({ length: 60 }, (_, index): Given => {
    const place = { topic: 'orders', partition: index % 2, key: `k${index % 7}`, time: start + index * 10 }
    if (index % 20 !== 13) return { ...place, value: JSON.stringify({ total: index }) }
    const headers = [{ name: 'from', value: Buffer.from(`shop ${index}`) }]
    return { ...place, value: `{"total":${index}`, headers, poisonFor: 'orders' }
  })
  const built = topology(
    'mapping',
    from(orders, { onFailure: [deadLetter('orders')] })
      .filter(({ total }) => total >= 20)
      .map(({ total }) => ({ total, net: total / 2 }))
      .to(large),
  )
  return { topology: built, records }
}

const clicks = topic('clicks', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })

/** Clicks counted by page in windows of a second, behind a repartition topic; the order is off by 300 ms at most. */
export function counting(): { readonly topology: Topology; readonly records: readonly Given[] } {
  const records = Array.from({ length: 120 }, (_, index): Given => {
    const time = start + index * 100 + ((index * 7) % 4) * 75
    return { topic: 'clicks', partition: index % 2, key: `u${index % 5}`, value: `page${index % 3}`, time }
  })
  const built = topology(
    'counting',
    from(clicks, { outOfOrderness: { milliseconds: 300 }, idle: { after: { seconds: 5 } } })
      .keyBy('page', (page) => page)
      .window(tumbling({ seconds: 1 }))
      .count('per-second')
      .to(counts),
  )
  return { topology: built, records }
}

const tickets = topic('tickets', { key: text, value: text })
const answers = topic('answers', { key: text, value: text })

/** Tickets are answered, or end as dead letters: a neighbour is asked, whom no judge can ask again. */
export function asking(): { readonly topology: Topology; readonly records: readonly Given[] } {
  const records = Array.from({ length: 40 }, (_, index): Given => {
    return { topic: 'tickets', partition: index % 2, key: `k${index % 3}`, value: `t${index}`, time: start + index }
  })
  const ask = async (ticket: string): Promise<string> => {
    if (ticket.endsWith('7')) throw new Error('no answer')
    return `${ticket} answered`
  }
  const built = topology(
    'asking',
    from(tickets)
      .mapAsync('ask', ask, { concurrency: 4, onFailure: [deadLetter('unanswered')] })
      .to(answers),
  )
  return { topology: built, records }
}
