import type { LateRecord } from '../../topology/nodes.ts'
import type { OperatorClock } from '../operator-clock.ts'
import type { Site } from '../site.ts'

/** A record that came too late: it is counted, and goes to whoever asked for late records (`semantics.md` 2.11). */
export function refuseLate(
  { late, graphNode, environment: { counters } }: Site,
  clock: OperatorClock,
  record: Pick<LateRecord, 'key' | 'value' | 'time' | 'reason'>,
): void {
  counters.late++
  if (late === null) return
  const said: LateRecord<unknown, unknown, null> = {
    ...record,
    window: null,
    operator: graphNode.name,
    operatorTime: clock.time,
  }
  late(record.key, said, record.time, null)
}
