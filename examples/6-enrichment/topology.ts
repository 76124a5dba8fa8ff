/** Orders and their risk, which a server knows. `millrace run examples/6-enrichment/topology.ts` */
import {
  breaker,
  deadLetter,
  from,
  json,
  reject,
  retry,
  retryLater,
  type Topology,
  text,
  topic,
  topology,
} from '../../src/index.ts'

export interface Order {
  readonly id: number
  readonly cents: number
}

export interface ScoredOrder extends Order {
  readonly risk: number
}

const server = process.env.RISK_SERVER ?? 'http://127.0.0.1:8099'

export const orders = topic('orders', { key: text, value: json<Order>() })
export const scoredOrders = topic('scored-orders', { key: text, value: json<ScoredOrder>() })

/** The status says whose fault it is: 4xx the order's, 5xx the server's. A server that can't be reached is the server's too. */
async function askRisk(order: Order, signal: AbortSignal): Promise<number> {
  const answer = await fetch(`${server}/risk/${order.id}?cents=${order.cents}`, { signal })
  const body = await answer.text()
  if (answer.status >= 500) throw retryLater(`the risk server answers ${answer.status}`)
  if (!answer.ok) throw reject(`the risk server refuses the order: ${body}`)
  return (JSON.parse(body) as { risk: number }).risk
}

export const scoreOrders: Topology = topology(
  'score-orders',
  from(orders)
    .mapAsync('risk', async (order, { signal }) => ({ ...order, risk: await askRisk(order, signal) }), {
      concurrency: 8,
      timeout: { milliseconds: 500 },
      onFailure: [
        retry({ times: 3, backoff: [{ milliseconds: 20 }, { milliseconds: 200 }] }),
        breaker('risk-server', { opensAfter: 5, coolsFor: { milliseconds: 300 }, closesAfter: 3, whileOpen: 'pause' }),
        deadLetter('unscored'),
      ],
    })
    .to(scoredOrders),
)
