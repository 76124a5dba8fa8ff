/** What faults do to the state of a transactional id, and what a caller is told when it does not allow what it asks. */
import { KafkaError, type KafkaFault } from '../../port.ts'
import type { Refusal, TransactionEvent, TransactionPhase } from './transaction-states.ts'

interface Told {
  readonly fault: KafkaFault
  readonly reason: string
  readonly why: string
}

const uninitialised: Told = { fault: 'fatal', reason: 'NOT_INITIALISED', why: 'init has not been called' }
const busy: Told = { fault: 'fatal', reason: 'BUSY', why: 'another call is still at work' }
const failed: Told = { fault: 'abortable', reason: 'ABORT_ONLY', why: 'the transaction can only be aborted' }

// biome-ignore format: a table is read in columns
const told: Readonly<Record<TransactionPhase, Told>> = {
  uninitialised,
  initialising: busy,
  ready: { fault: 'fatal', reason: 'NO_TRANSACTION', why: 'no transaction is open' },
  open: busy,
  failed,
  committing: busy,
  aborting: busy,
  unknown: { fault: 'unknown-outcome', reason: 'UNKNOWN_OUTCOME', why: 'only init settles what became of the last request' },
  fenced: { fault: 'fenced', reason: 'PRODUCER_FENCED', why: 'another producer has taken the transactional id over' },
  closed: { fault: 'retriable', reason: 'CLOSED', why: 'the producer was closed' },
}

export function isRefusal(next: TransactionPhase | Refusal): next is Refusal {
  return next.startsWith('refuse-')
}

/** The error for an event that `phase` refuses; what brought it there is the cause. */
export function refusedIn(
  phase: TransactionPhase,
  event: TransactionEvent,
  id: string,
  cause: KafkaError | null,
): KafkaError {
  const { fault, reason, why } = told[phase]
  const because = cause === null ? '' : `: ${cause.message}`
  const message = `Transactional id ${id} refuses "${event}", because ${why}${because}`
  return new KafkaError(fault, cause?.reason ?? reason, cause?.request ?? event, message, { cause })
}

const membershipReasons: ReadonlySet<string> = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
])

/** What a fault does to the state of the id. */
export function eventOf({ fault, reason }: KafkaError): TransactionEvent {
  // A member that was refused can still abort: its producer is in order.
  if (fault === 'fenced') return membershipReasons.has(reason) ? 'fail' : 'fence'
  return fault === 'unknown-outcome' ? 'lose' : 'fail'
}

export function aborted(): KafkaError {
  return new KafkaError('abortable', 'ABORTED', 'Produce', 'The transaction was aborted before this batch was sent')
}

/** An end that may have been executed. */
export function asUnknown(error: KafkaError): KafkaError {
  if (error.fault === 'unknown-outcome' || error.fault === 'fenced') return error
  const message = `Whether the transaction was ended is not known: ${error.message}`
  return new KafkaError('unknown-outcome', error.reason, 'EndTxn', message, { cause: error })
}
