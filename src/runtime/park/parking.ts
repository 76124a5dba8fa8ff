/**
 * Parks keys: the failed record and all later ones of its key go to the dead-letter queue, until a redrive has brought
 * them back, the oldest first (`failures.md` 2.2).
 *
 * What is kept of it is state, so it lives and dies with the transaction. A letter that is run again leaves the queue
 * before it is run: where it fails that is undone with all else it did, and where it fails after it had waited for an
 * answer, with the transaction.
 */
import { MillraceError } from '../../faults.ts'
import { publish } from '../../observe/events.ts'
import type { Decision } from '../../policies/decide.ts'
import type { ParkPolicy } from '../../policies/policy.ts'
import { placeOf } from '../reentry/place.ts'
import type { PartitionQueue } from '../tasks/queue.ts'
import { boundOfKey, boundOfKeys, tooMuch } from './bounds.ts'
import type { KeyIndex, Standing } from './key-index.ts'
import type { KeyRow, Place } from './rows.ts'

/** A record by where it was first read, and by the bytes of its key. */
export interface KeyedRecord {
  readonly key: Uint8Array | null
  readonly source: Place & { readonly reentry?: object | null }
}

export interface FailedRecord extends KeyedRecord {
  readonly error: unknown
}

/** What is to become of a failed record, and why. */
export interface Verdict<F extends FailedRecord> {
  readonly decision: Decision
  readonly failed: F
}

export interface ParkingPorts {
  readonly task: string
  readonly index: KeyIndex
  /** In the order of the nodes; at least one. */
  readonly policies: readonly ParkPolicy[]
  /** Wall clock, milliseconds. */
  now(): number
}

/** The fault of a record that would overtake others of its key, if it were run. */
export class HeldBack extends MillraceError {
  readonly row: KeyRow

  constructor(row: KeyRow) {
    super('reject', {
      code: 'MR4121',
      what: `The record waits behind ${row.first.topic} ${row.first.partition}/${row.first.offset}, whose key is parked`,
    })
    this.row = row
    // No code is at fault.
    this.stack = ''
  }
}

export class Parking {
  private readonly ports: ParkingPorts

  constructor(ports: ParkingPorts) {
    this.ports = ports
  }

  /** False while no key is parked: then nothing else need be asked. */
  get isActive(): boolean {
    return !this.ports.index.isEmpty
  }

  /**
   * The record at the head of a queue is next: asked before it is decoded, and again before it is run, since others may
   * have been run in between.
   * @returns null where it may be run, else what it is put aside with
   */
  before(queue: PartitionQueue): HeldBack | null {
    if (!this.isActive) return null
    const record = keyedRecordOf(queue)
    const fault = this.refusal(record)
    if (fault === null && queue.ready) this.leave(record)
    return fault
  }

  /** The open transaction is taken back. */
  rewound(): void {
    this.ports.index.rewound()
  }

  /** The record at the head of a queue is withdrawn. If it is a letter, those behind it wait no longer for it. */
  withdraw(queue: PartitionQueue): void {
    if (this.isActive) this.leave(keyedRecordOf(queue))
  }

  /** Null: the record may be run, as far as parked keys are concerned. Nothing changes. */
  private refusal({ key, source }: KeyedRecord): HeldBack | null {
    if (key === null) return null
    const { action, row } = this.ports.index.arriving(key, source, comesBack(source))
    return action === 'run' ? null : new HeldBack(row!)
  }

  /**
   * What is to become of a record that failed, after what the policies of its step have decided. A letter is never put off
   * to a retry topic: younger ones would overtake it. Nothing changes.
   */
  judge<F extends FailedRecord>(decision: Decision, failed: F): Verdict<F> {
    const { index } = this.ports
    const { key, source, error } = failed
    if (key === null) return { decision, failed }
    const isLetter = index.turnOf(key, source) !== null
    if (error instanceof HeldBack) return this.queued(failed, error.row, isLetter)
    if (decision.kind !== 'park' && decision.kind !== 'retry-topic') return { decision, failed }
    if (isLetter) return this.queued(failed, index.find(key)!, true)
    const bound = decision.kind === 'park' ? boundOfKeys(decision, index.keys) : null
    return bound === null ? { decision, failed } : full(failed, tooMuch(bound, decision as ParkPolicy, decision.name))
  }

  /**
   * The matter has ended as decided, in the open transaction.
   * @returns where the first of its key was read, if the record is parked behind it
   */
  ended(failed: FailedRecord, decision: Decision): Place | null {
    if (decision.kind === 'park') return this.parked(failed, decision.name)
    if (decision.kind !== 'stop') this.leave(failed)
    return null
  }

  private parked({ key, source, error }: FailedRecord, queue: string): Place | null {
    const { index, task } = this.ports
    const { action, row } = this.standing(key!, source, error)
    const { topic, partition, offset } = source
    const now = this.ports.now()
    if (row === null) {
      index.park(key!, queue, { topic, partition, offset }, now)
      publish('key.parked', () => ({ task, queue, topic, partition, offset }))
      return null
    }
    if (action === 'behind') index.queueUp(key!, row, source, now)
    return isSame(row.first, source) ? null : row.first
  }

  /** The record is run, or has come to an end: if it was a letter it is one no more. Undone with what else a record did. */
  private leave({ key, source }: KeyedRecord): void {
    const { index, task } = this.ports
    if (key === null || index.turnOf(key, source) === null) return
    const row = index.find(key)!
    if (index.leave(key, row, source, this.ports.now()))
      publish('key.released', () => ({ task, queue: row.queue, ...row.first }))
  }

  private standing(key: Uint8Array, source: KeyedRecord['source'], error: unknown): Standing {
    const { index } = this.ports
    return error instanceof HeldBack ? index.arriving(key, source, comesBack(source)) : index.failed(key, source)
  }

  /** One more record of a parked key; a letter that goes back is not one more. */
  private queued<F extends FailedRecord>(failed: F, row: KeyRow, isLetter: boolean): Verdict<F> {
    const policy = this.policyOf(row.queue)
    const bound = isLetter ? null : boundOfKey(policy, row, this.ports.now())
    return bound === null ? { decision: policy, failed } : full(failed, tooMuch(bound, policy, row.queue))
  }

  /** A queue whose policy is gone since: its records go on to the first that there is. */
  private policyOf(queue: string): ParkPolicy {
    const { policies } = this.ports
    return policies.find(({ name }) => name === queue) ?? policies[0]!
  }
}

/** The record at the head, in the bytes that were fetched. */
function keyedRecordOf(queue: PartitionQueue): KeyedRecord {
  const { bytes, keyStart, keyEnd } = queue.current
  const key = keyStart < 0 ? null : bytes.subarray(keyStart, keyEnd)
  return { key, source: { ...placeOf(queue), reentry: queue.reentry } }
}

function full<F extends FailedRecord>(failed: F, error: MillraceError): Verdict<F> {
  return { decision: { kind: 'pause' }, failed: { ...failed, error } }
}

function comesBack({ reentry }: KeyedRecord['source']): boolean {
  return reentry !== undefined && reentry !== null
}

function isSame(one: Place, { topic, partition, offset }: Place): boolean {
  return one.topic === topic && one.partition === partition && one.offset === offset
}
