/** Asks a neighbour about every order. */
import { breaker, deadLetter, from, json, retry, retryLater, text, topic, topology } from '../../../src/index.ts'

interface Order {
  readonly id: number
}

const neighbour = process.env.DRILL_NEIGHBOUR ?? 'http://127.0.0.1:1'
export const orders = topic('drill-orders', { key: text, value: json<Order>() })
export const scored = topic('drill-scored', { key: text, value: json<Order & { readonly risk: number }>() })

async function askRisk({ id }: Order, signal: AbortSignal): Promise<number> {
  const answer = await fetch(`${neighbour}/${id}`, { signal, headers: { 'x-worker': String(process.pid) } })
  const text = await answer.text()
  if (!answer.ok) throw retryLater(`the neighbour answers ${answer.status}`)
  return (JSON.parse(text) as { risk: number }).risk
}

export const score = topology(
  'drill-score',
  from(orders)
    .mapAsync('risk', async (order, { signal }) => ({ ...order, risk: await askRisk(order, signal) }), {
      concurrency: 4,
      timeout: { seconds: 2 },
      onFailure: [
        retry({ times: 3 }),
        breaker('risk-api', { opensAfter: 5, coolsFor: { milliseconds: 500 }, closesAfter: 3, whileOpen: 'pause' }),
        deadLetter('orders'),
      ],
    })
    .to(scored),
)
