/** Time marks where steps wait: what lies behind one hears a mark when all that came before it has landed. */
import type { TaskGraph } from '../../operators/operator.ts'
import type { UndoLog } from '../../state/undo.ts'
import type { Flights } from './flights.ts'
import type { KeptRecord } from './kept-record.ts'

/** What marks need of a task. */
export interface MarkedTask {
  readonly watermark: { readonly value: number }
  readonly graph: TaskGraph
  readonly context: { leave(): void }
  readonly undo: UndoLog
  touched: boolean
}

export class StagedMarks {
  /** The last mark of each stage: the number of steps that wait before it. */
  private sent: number[] = []

  /** W as it was sent to where nothing waits before. */
  get first(): number {
    return this.sent[0] ?? -1
  }

  /** True when every stage has heard of the end of a bounded run. */
  get isThrough(): boolean {
    return this.sent.length > 0 && this.sent.every((mark) => mark === Number.POSITIVE_INFINITY)
  }

  reset(): void {
    this.sent = []
  }

  send(task: MarkedTask, flights: Flights): void {
    for (let stage = 0; stage < task.graph.stages; stage++) {
      const before = this.sent[stage] ?? -1
      const mark = stage === 0 ? task.watermark.value : Math.min(this.sent[stage - 1]!, flights.mark)
      this.sent[stage] = Math.max(mark, before)
      if (mark > before) this.sendTo(task, flights, stage, before)
    }
  }

  /** Rows that a mark makes come out may lie as far back as the mark before it. */
  private sendTo(task: MarkedTask, flights: Flights, stage: number, before: number): void {
    const mark = this.sent[stage]!
    task.touched = true
    task.context.leave()
    task.graph.advance(mark, stage)
    flights.depart(noRecord, before)
    task.undo.forget()
  }
}

/** What no single record caused asks for nothing as one. */
export function noRecord(): KeptRecord {
  throw new Error('no record is in hand')
}
