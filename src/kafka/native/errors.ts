/** Kafka's error codes as the port's faults. */

import { errorName } from '../../wire/errors.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { KafkaFault } from '../port.ts'
import { KafkaError } from '../port.ts'
import { faultsByName } from './faults-by-name.ts'

/** What a code means for the caller. `CORRUPT_MESSAGE` and the like are retriable, as Kafka's own table says. */
export function faultOf(code: number): KafkaFault {
  const name = errorName(code)
  return name === 'NONE' ? 'fatal' : faultsByName[name]
}

/** The error for a code that a broker answered. `subject` says what it was about: a topic, a group, a partition. */
export function refusal(code: number, request: string, subject: string, detail?: string | null): KafkaError {
  const name = errorName(code)
  const more = detail ? `: ${detail}` : ''
  return new KafkaError(faultOf(code), name, request, `Kafka answered ${request} for ${subject} with ${name}${more}`)
}

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

export function closed(request: string): KafkaError {
  return new KafkaError('retriable', 'CLOSED', request, `${request} was given up: the Kafka client was closed`)
}

/** A request that Kafka's protocol has no bytes for: a name that is too long, a number that is too large. */
export function unsayable(request: string, cause: unknown): KafkaError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new KafkaError('fatal', 'INVALID_REQUEST', request, `${request} can't be sent: ${why}`, { cause })
}

export type RepeatableError = KafkaError & { readonly fault: 'retriable' | 'unknown-outcome' }

/** True for what reading again may cure: also a lost answer, since a read changes nothing. */
export function isRepeatable(error: unknown): error is RepeatableError {
  return (
    error instanceof KafkaError &&
    error.reason !== 'CLOSED' &&
    (error.fault === 'retriable' || error.fault === 'unknown-outcome')
  )
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
