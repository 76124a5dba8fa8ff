/** What handlers of `process` see beside the record: state, timers, event time. One object per processor. */
import { reject } from '../../faults.ts'
import type { RecordHeader, Window } from '../../record.ts'
import type { RecordContext } from '../../topology/nodes.ts'

export interface TimerSetter {
  set(name: string, time: number): void
  cancel(name: string, time?: number): void
}

export interface ContextParts {
  readonly record: RecordContext
  readonly state: Readonly<Record<string, unknown>>
  /** Null without `onTimer`. */
  readonly timers: TimerSetter | null
  readonly now: () => number
}

export class HandlersContext implements RecordContext {
  readonly state: Readonly<Record<string, unknown>>
  readonly timers: TimerSetter
  readonly now: () => number
  /** Of periodic calls. */
  cancel: () => void = () => undefined
  private readonly record: RecordContext

  constructor({ record, state, timers, now }: ContextParts) {
    this.record = record
    this.state = state
    this.timers = timers ?? noTimers
    this.now = now
  }

  get key(): unknown {
    return this.record.key
  }
  get time(): number {
    return this.record.time
  }
  get window(): Window | null {
    return this.record.window
  }
  get headers(): readonly RecordHeader[] {
    return this.record.headers
  }
  get topic(): string | null {
    return this.record.topic
  }
  get partition(): number {
    return this.record.partition
  }
  get offset(): number {
    return this.record.offset
  }
}

const noTimers: TimerSetter = {
  set: (name) => {
    throw reject(`The timer ${name} would call nothing: the process has no onTimer`)
  },
  cancel: () => undefined,
}
