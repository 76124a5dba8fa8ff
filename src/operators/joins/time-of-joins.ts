import type { StreamJoinNode, TableLookupNode } from '../../topology/nodes/joins.ts'
import { leadOfTime } from '../lead-of-time.ts'
import { OperatorClock } from '../operator-clock.ts'

/** The one time that both inputs of a join share. */
export class TimeOfJoin extends OperatorClock {
  constructor({ inputs }: StreamJoinNode | TableLookupNode, stream: 'both' | 'first') {
    super(Math.max(...(stream === 'both' ? inputs : [inputs[0]]).map(leadOfTime)))
  }

  /** The end of a bounded run has closed the rows of a time: a record that is no later is late, whatever T says. */
  end(time: number): void {
    this.closed = Math.max(this.closed, time)
  }
}
