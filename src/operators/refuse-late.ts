import { publish } from '../observe/events.ts'
import type { Window } from '../record.ts'
import type { LateRecord } from '../topology/nodes.ts'
import type { OperatorClock } from './operator-clock.ts'
import type { Site } from './site.ts'

/** What is refused; `window`: the one that doesn't take it. */
type Refused = Pick<LateRecord, 'key' | 'value' | 'time' | 'reason'> & { readonly window?: Window }

/**
 * A record that came too late: it is counted, and goes to whoever asked for late records; where nobody did, that is an
 * event (`semantics.md` 2.11).
 */
export function refuseLate(
  { late, graphNode, environment: { counters, context } }: Site,
  { time: operatorTime }: OperatorClock,
  { window = null as never, ...record }: Refused,
): void {
  counters.late++
  const { name: operator } = graphNode
  if (late === null) {
    const { topic, partition, offset } = context
    publish('record.late', () => ({ operator, topic, partition, offset, time: record.time, operatorTime }))
    return
  }
  late(record.key, { ...record, window, operator, operatorTime } satisfies LateRecord, record.time, null)
}
