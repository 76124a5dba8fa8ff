/** The committed row that a walk has given out last: whoever deletes it then need not look for it once more. */
import type { Segment, Slot } from './slot.ts'

/** Holds as long as committed rows stay what they are. */
export class RowInHand {
  /** Event time of its last change. */
  time = -1
  private segment: Segment | null = null
  private token = ''

  note(segment: Segment, token: string, time: number): void {
    this.segment = segment
    this.token = token
    this.time = time
  }

  /** True for a slot of this row. */
  is({ segment, token }: Slot): boolean {
    return this.segment === segment && this.token === token
  }

  forget(): void {
    this.segment = null
  }
}
