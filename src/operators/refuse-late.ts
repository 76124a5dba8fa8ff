import { publish } from '../observe/events.ts'
import type { Window } from '../record.ts'
import type { LateRecord } from '../topology/nodes.ts'
import type { OperatorClock } from './operator-clock.ts'
import type { Site } from './site.ts'

/** What is refused; `window`: the one that doesn't take it. */
type Refused = Pick<LateRecord, 'key' | 'value' | 'time' | 'reason'> & { readonly window?: Window }

/**
 * A record that came too late: it is counted, becomes a dead letter where the step says so, and goes to whoever asked
 * for late records; where nobody wants it, that is an event (`semantics.md` 2.11).
 */
export function refuseLate(
  { node, late, graphNode, environment }: Site,
  { time: operatorTime }: OperatorClock,
  { window = null as never, ...record }: Refused,
): void {
  const { counters, context } = environment
  counters.late++
  const { name: operator } = graphNode
  const refused: LateRecord = { ...record, window, operator, operatorTime }
  const letters = 'late' in node ? node.late : undefined
  if (letters !== undefined) environment.lateLetter(letters.name, graphNode, refused)
  if (late !== null) late(record.key, refused, record.time, null)
  else if (letters === undefined) {
    const { topic, partition, offset } = context
    publish('record.late', () => ({ operator, topic, partition, offset, time: record.time, operatorTime }))
  }
}
