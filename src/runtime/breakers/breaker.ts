/** One breaker as a thread sees it: the shared cell, moved by the table of `policies/breaker-machine.ts`. */
import type { Clock } from '../../clock.ts'
import { findFault, MillraceError, toError } from '../../faults.ts'
import { publish } from '../../observe/events.ts'
import {
  type BreakerCell,
  type BreakerEvent,
  type BreakerState,
  type BreakerView,
  begin,
  end,
  look,
  mayBegin,
  type Outcome,
  type Permit,
  step,
} from '../../policies/breaker-machine.ts'
import type { BreakerPolicy } from '../../policies/policy.ts'
import type { BreakerCells, BreakerSlot } from './cells.ts'

const cooled = 'cooled'

export type BreakerCommand = Extract<BreakerEvent, `force-${string}`>

export interface BreakerPorts {
  readonly cells: BreakerCells
  readonly clock: Clock
  /** Monotonic milliseconds, the same in all threads. */
  readonly now: () => number
  /** Told when it moved: records and calls that waited may go on, or must go. */
  readonly moved: () => void
  /** Told when it is found open: another thread may have opened it, and will not say when it closes. */
  readonly seen: () => void
}

/** A breaker in a summary. */
export interface BreakerSummary {
  readonly state: BreakerState
  readonly failures: number
  readonly openings: number
}

/** A call that was let through; only what it says first counts. */
export interface Pass {
  succeeded(): void
  failed(error: unknown): void
  /** It ended, and nobody waits for its answer any more. */
  forgotten(): void
}

export class Breaker {
  readonly policy: BreakerPolicy
  private readonly ports: BreakerPorts
  private readonly slot: number

  constructor(policy: BreakerPolicy, ports: BreakerPorts) {
    this.policy = policy
    this.ports = ports
    this.slot = ports.cells.slotOf(policy.name)
  }

  get isClosed(): boolean {
    return this.ports.cells.isClosed(this.slot)
  }

  /** False while records have to wait in front of the step. */
  get hasRoom(): boolean {
    if (this.isClosed || this.policy.whileOpen === 'fail') return true
    return mayBegin(this.cell(), this.ports.now())
  }

  /** When it may move by itself: it has cooled, or nobody waits for the probe any more. Monotonic milliseconds. */
  movesAt(): number {
    const { state, opensUntil, probesUntil } = this.cell()
    if (state === 'open') return opensUntil
    return probesUntil > 0 ? probesUntil : Number.POSITIVE_INFINITY
  }

  view(): BreakerView {
    const { state, failures } = this.cell()
    return { isClosed: state === 'closed', failuresInARow: failures }
  }

  summary(): BreakerSummary {
    const { state, failures, openings } = this.cell()
    return { state, failures, openings }
  }

  /** The cell as it is now: what has cooled is half-open. */
  cell(): BreakerCell {
    const cell = this.change((before) => look(before, this.policy, this.ports.now()), cooled)
    if (cell.state !== 'closed') this.ports.seen()
    return cell
  }

  /**
   * A call asks.
   * @param patience milliseconds after which nobody waits for it
   * @returns `wait`: while another probes; `refused`: it is open
   */
  ask(patience: number): Pass | 'wait' | 'refused' {
    let permit: Permit | null = null
    const { state } = this.change((cell) => {
      const begun = begin(cell, this.policy, this.ports.now(), patience)
      permit = begun.permit
      return begun.cell
    }, cooled)
    if (permit !== null) return this.pass(permit)
    return state === 'half-open' && this.policy.whileOpen === 'pause' ? 'wait' : 'refused'
  }

  /** An operator says so. Told by each thread: the first counts. @param offset of the row that says it */
  force(command: BreakerCommand, offset: number, who: string): void {
    const now = this.ports.now()
    const change = (slot: BreakerSlot): BreakerSlot =>
      slot.commanded > offset ? slot : { cell: step(slot.cell, command, this.policy, now), commanded: offset + 1 }
    this.changeSlot(change, `${command} by ${who}`)
  }

  private pass(permit: Permit): Pass {
    let isOver = false
    const over = (outcome: Outcome, reason: string): void => {
      if (isOver) return
      isOver = true
      this.change((cell) => end(cell, permit, outcome, this.policy, this.ports.now()), reason)
    }
    return {
      succeeded: () => over('success', 'probes succeeded'),
      failed: (error) => over(outcomeOf(error), toError(error).message),
      forgotten: () => over('nothing', 'forgotten'),
    }
  }

  private change(change: (cell: BreakerCell) => BreakerCell, reason: string): BreakerCell {
    return this.changeSlot((slot) => {
      const cell = change(slot.cell)
      return cell === slot.cell ? slot : { ...slot, cell }
    }, reason)
  }

  private changeSlot(change: (slot: BreakerSlot) => BreakerSlot, reason: string): BreakerCell {
    const { before, after } = this.ports.cells.update(this.slot, change)
    const hasTurned = after.cell.state !== before.cell.state
    if (hasTurned) this.tell(before.cell, after.cell, reason)
    if (hasTurned || after.cell.probesUntil !== before.cell.probesUntil) this.ports.moved()
    return after.cell
  }

  private tell(from: BreakerCell, to: BreakerCell, reason: string): void {
    const { clock, now } = this.ports
    const isTimed = to.state === 'open' && Number.isFinite(to.opensUntil)
    publish('breaker.changed', () => ({
      breaker: this.policy.name,
      from: from.state,
      to: to.state,
      failures: to.failures,
      reason,
      opensUntil: isTimed ? clock.now() + (to.opensUntil - now()) : null,
    }))
  }
}

/** What a call is refused with: it was not attempted. */
export function breakerIsOpen(name: string): MillraceError {
  return new MillraceError('retry', {
    code: 'MR4301',
    what: `The breaker ${name} is open`,
    why: 'what the step calls has failed too often: no call was made',
    fix: 'see to the neighbour; the breaker probes it by itself, and millrace breaker close says that it is well',
  })
}

/** A record that is rejected says nothing of the neighbour, neither way. */
function outcomeOf(error: unknown): Outcome {
  const kind = findFault(error)?.kind
  return kind === undefined || kind === 'retry' ? 'failure' : 'nothing'
}
