/** Which faults a soak brings, in which order: pure, so that it can be read beforehand. */

export type Fault =
  | {
      readonly kind: 'kill'
      /** Held still until Kafka says that its transaction is open, then killed. */
      readonly aimed: boolean
      /** After the others have taken over its tasks, or at once. */
      readonly returns: 'at once' | 'late'
    }
  /** Stands still for longer than its session lasts, and wakes to find its tasks elsewhere. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'broker restart' }

export interface Plan {
  readonly kills: number
  readonly stops: number
  readonly brokerRestarts: number
}

/** For so many kills: 10 are joined by 3 stops and a restart, 60 by 11 and 5. */
export function planFor(kills: number, mayRestartBroker: boolean): Plan {
  if (kills === 0) return { kills, stops: 0, brokerRestarts: 0 }
  return { kills, stops: Math.ceil(kills / 6) + 1, brokerRestarts: mayRestartBroker ? Math.ceil(kills / 12) : 0 }
}

const returnsLateEvery = 3

/** Stops and restarts evenly among the kills, of which two in three are aimed. @example scheduleOf(planFor(10, true)) */
export function scheduleOf({ kills, stops, brokerRestarts }: Plan): readonly Fault[] {
  const placed = [
    ...spread(kills, (index): Fault => ({ kind: 'kill', aimed: index % 3 !== 1, returns: returnOf(index) })),
    ...spread(stops, (): Fault => ({ kind: 'stop' })),
    ...spread(brokerRestarts, (): Fault => ({ kind: 'broker restart' })),
  ]
  return placed.sort((one, other) => one.at - other.at).map(({ fault }) => fault)
}

function returnOf(index: number): 'at once' | 'late' {
  return index % returnsLateEvery === returnsLateEvery - 1 ? 'late' : 'at once'
}

interface Placed {
  readonly at: number
  readonly fault: Fault
}

function spread(count: number, make: (index: number) => Fault): Placed[] {
  return Array.from({ length: count }, (_, index) => ({ at: (index + 0.5) / count, fault: make(index) }))
}
