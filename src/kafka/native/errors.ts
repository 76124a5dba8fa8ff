/** What may happen to a request beside Kafka's refusals (`kafka/faults.ts`), as the port's errors. */

import { WireError } from '../../wire/wire-error.ts'
import { KafkaError } from '../port.ts'

/** The request may have been executed: it was written and its answer never came. */
export function lost(reason: 'CONNECTION' | 'TIMEOUT' | 'PROTOCOL', request: string, why: string): KafkaError {
  return new KafkaError('unknown-outcome', reason, request, `The answer to ${request} never came: ${why}`)
}

/** The request was never written. */
export function unsent(request: string, why: string, cause?: unknown): KafkaError {
  return new KafkaError('retriable', 'CONNECTION', request, `${request} could not be sent: ${why}`, { cause })
}

/** True for a request that certainly never left. */
export function isUnsent(error: KafkaError): boolean {
  return error.fault === 'retriable' && error.reason === 'CONNECTION'
}

/** A request that Kafka's protocol has no bytes for: a name that is too long, a number that is too large. */
export function unsayable(request: string, cause: unknown): KafkaError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new KafkaError('fatal', 'INVALID_REQUEST', request, `${request} can't be sent: ${why}`, { cause })
}

/** A read that was repeated until its time was over: nothing was changed, so nothing is unknown. */
export function gaveUp(error: KafkaError): KafkaError {
  if (error.fault !== 'unknown-outcome') return error
  return new KafkaError('retriable', error.reason, error.request, error.message, { cause: error })
}

/** A reply that breaks the protocol, told as such. */
export function protocolReason(error: unknown): string {
  return error instanceof WireError ? error.message : `the reply could not be read (${String(error)})`
}
