import type { StreamJoinNode, TableLookupNode } from '../../topology/nodes/joins.ts'
import type { MutableContext } from '../operator.ts'
import { OperatorClock } from '../operator-clock.ts'
import { leadOfTime } from './lead-of-time.ts'

/** The one time that both inputs of a join share. */
export class TimeOfJoin extends OperatorClock {
  private readonly lead: number

  constructor({ inputs }: StreamJoinNode | TableLookupNode, stream: 'both' | 'first') {
    super()
    this.lead = Math.max(...(stream === 'both' ? inputs : [inputs[0]]).map(leadOfTime))
  }

  /** A record has reached the join through any of its inputs, before it is judged. */
  override take({ raisesTime, outOfOrderness }: MutableContext, time: number): void {
    if (raisesTime) this.mark(time - Math.max(this.lead, outOfOrderness))
  }

  /** The end of a bounded run has closed the rows of a time: a record that is no later is late, whatever T says. */
  end(time: number): void {
    this.closed = Math.max(this.closed, time)
  }
}
