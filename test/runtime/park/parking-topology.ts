/** Orders of which some are bad until their cause is corrected: their keys are parked. */
import { from, number, park, reject, type Topology, text, topic, topology, valueState } from '../../../src/index.ts'

export interface ParkingTopology {
  readonly built: Topology
  readonly app: string
  readonly orders: string
  readonly done: string
  readonly queue: string
  readonly redrive: string
  readonly index: string
}

/** Counted per key, so that what runs twice or out of order shows. */
export function parkingTopology(app: string, isHealed: boolean): ParkingTopology {
  const orders = topic(`${app}.orders`, { key: text, value: text })
  const done = topic(`${app}.done`, { key: text, value: text })
  const check = (value: string): string => {
    if (!isHealed && value.endsWith('bad')) throw reject(`${value} is bad`)
    return value
  }
  const counted = from(orders, { idle: 'off' })
    .map(check, { onFailure: [park('parked')] })
    .process('count', {
      state: { count: valueState(number) },
      *onRecord(value, { state }) {
        const count = (state.count.get() ?? 0) + 1
        state.count.set(count)
        yield `${value} is ${count}`
      },
    })
  return {
    built: topology(app, counted.to(done)),
    app,
    orders: orders.name,
    done: done.name,
    queue: `${app}.dlq.parked`,
    redrive: `${app}.redrive.${orders.name}`,
    index: `${app}.parked-${orders.name}.changelog`,
  }
}
