/** A fault has a kind, and the kind decides what happens next. */

import { type Duration, toMilliseconds } from './clock.ts'

export type FaultKind = 'retry' | 'reject' | 'fenced' | 'fatal'

/** What a user reads when something is wrong, always in this order. */
export interface FaultText {
  /** Stable code, `MR` and four digits; the list is `errorCodes`. */
  readonly code: ErrorCode
  readonly what: string
  readonly where?: string
  readonly why?: string
  readonly fix?: string
}

/**
 * Every code Millrace can print, with its meaning and the exit code of the command line.
 * MR1 usage and configuration · MR2 Kafka and rights · MR3 data and serdes · MR4 topology, state, policies · MR9 ours.
 * @example errorCodes.MR3004.meaning // 'A key is null where an operator needs one'
 */
export const errorCodes = {
  MR1001: { meaning: 'The command line could not be understood', exit: 2 },
  MR1002: { meaning: 'A file to run exports no topology', exit: 2 },
  MR1003: { meaning: 'A configuration value is not valid', exit: 2 },
  MR1004: { meaning: 'A configuration key is not known', exit: 2 },
  MR1005: { meaning: 'Two settings contradict each other', exit: 2 },
  MR2001: { meaning: 'No Kafka broker could be reached', exit: 5 },
  MR2002: { meaning: 'A topic that the topology reads or writes does not exist', exit: 3 },
  MR2003: { meaning: 'An internal topic has the wrong number of partitions', exit: 1 },
  MR2004: { meaning: 'Kafka refused a request', exit: 1 },
  MR2005: { meaning: 'Kafka lacks what exactly once needs', exit: 1 },
  MR2006: { meaning: 'Another worker uses the same instance name', exit: 1 },
  MR2007: { meaning: 'A committed position is outside the log', exit: 1 },
  MR2008: { meaning: 'Authentication or authorization failed', exit: 4 },
  MR2009: { meaning: 'An internal topic has the wrong configuration', exit: 1 },
  MR2010: { meaning: 'Topics that are joined have different numbers of partitions', exit: 1 },
  MR3001: { meaning: 'A record could not be decoded', exit: 1 },
  MR3002: { meaning: 'A record could not be encoded', exit: 1 },
  MR3003: { meaning: 'A timestamp is not valid', exit: 1 },
  MR3004: { meaning: 'A key is null where an operator needs one', exit: 1 },
  MR3005: { meaning: 'A record is too large for its topic', exit: 1 },
  MR3006: { meaning: 'The schema registry could not be reached', exit: 5 },
  MR3007: { meaning: 'The schema registry refused a schema', exit: 1 },
  MR3008: { meaning: 'The key of a row is too long for a store', exit: 1 },
  MR3009: { meaning: 'More is held back than may be', exit: 1 },
  MR3010: { meaning: 'A record came too late', exit: 1 },
  MR3011: { meaning: 'A topic does not take the time of a record', exit: 1 },
  MR4001: { meaning: 'Two things of a topology have the same name', exit: 2 },
  MR4002: { meaning: 'A name cannot be used in Kafka', exit: 2 },
  MR4003: { meaning: 'A windowed operator has no window or no size', exit: 2 },
  MR4004: { meaning: 'The topology is not complete', exit: 2 },
  MR4005: { meaning: 'A store holds rows of a newer version of the topology', exit: 1 },
  MR4006: { meaning: 'Another worker uses the same directory of local state', exit: 1 },
  MR4007: { meaning: 'A directory of local state cannot be used', exit: 1 },
  MR4101: { meaning: 'A handler of the topology threw', exit: 1 },
  MR4102: { meaning: 'The worker was stopped by a record, as its policy says', exit: 1 },
  MR4103: { meaning: 'A step waited too long for an answer', exit: 1 },
  MR4104: { meaning: 'A record has ended the threads that worked it', exit: 1 },
  MR4121: { meaning: 'A record waits behind a parked one of its key', exit: 1 },
  MR4122: { meaning: 'More is parked than may be', exit: 1 },
  MR4201: { meaning: 'No worker that can be reached has the state that was asked for', exit: 5 },
  MR4202: { meaning: 'There is no such store, or no such row', exit: 3 },
  MR4203: { meaning: 'A question about state was refused', exit: 2 },
  MR4301: { meaning: 'A circuit breaker is open', exit: 1 },
  MR4401: { meaning: 'There is no such queue of dead letters', exit: 3 },
  MR4402: { meaning: 'There is no such dead letter', exit: 3 },
  MR4403: { meaning: 'A filter cannot be understood', exit: 2 },
  MR4404: { meaning: 'A filter takes too long', exit: 1 },
  MR4411: { meaning: 'A topology keeps no audit', exit: 3 },
  MR4412: { meaning: 'Another command has these dead letters in hand', exit: 1 },
  MR4413: { meaning: 'There is no such redrive, or it has ended', exit: 3 },
  MR4414: { meaning: 'Dead letters cannot be moved there', exit: 2 },
  MR4415: { meaning: 'An edited dead letter was refused', exit: 1 },
  MR4416: { meaning: 'A file of dead letters cannot be read', exit: 2 },
  MR9001: { meaning: 'Millrace broke a rule of its own; please report it', exit: 1 },
} as const

export type ErrorCode = keyof typeof errorCodes

/**
 * The one error family. `cause` is kept; `kind` says who deals with it.
 * @example throw new MillraceError('fatal', { code: 'MR2002', what: 'There is no topic flights' })
 */
export class MillraceError extends Error {
  override readonly name = 'MillraceError'
  readonly kind: FaultKind
  readonly text: FaultText

  /** Of kind `retry`: not before so many milliseconds. */
  readonly retryAfter: number

  constructor(kind: FaultKind, text: FaultText, options?: { cause?: unknown; retryAfter?: number }) {
    super(text.what, options)
    this.kind = kind
    this.text = text
    this.retryAfter = options?.retryAfter ?? 0
  }

  get code(): ErrorCode {
    return this.text.code
  }
}

/**
 * Marks a record as bad: it skips retries and goes to the first final policy.
 * @example if (order.amount < 0) throw reject('the amount is negative')
 */
export function reject(what: string, options: { code?: ErrorCode; cause?: unknown } = {}): MillraceError {
  const make = (): MillraceError => new MillraceError('reject', { code: options.code ?? 'MR4101', what }, options)
  return options.cause instanceof Error ? withoutStack(make) : make()
}

/** The stack of the cause says where it was: one more costs as much as all else that is done for a dead letter. */
function withoutStack<E>(make: () => E): E {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit
  }
}

/**
 * Says that it may work later: the policies of the step decide how often, and when.
 * @example throw retryLater('the rates are not there yet', { after: { seconds: 5 } })
 */
export function retryLater(
  what: string,
  options: { after?: Duration; code?: ErrorCode; cause?: unknown } = {},
): MillraceError {
  const { after = {}, code = 'MR4101', cause } = options
  return new MillraceError('retry', { code, what }, { cause, retryAfter: toMilliseconds(after) })
}

/**
 * The Millrace error inside a chain of causes, found by its shape, not its class: two copies of the package may meet.
 * @example if (findFault(error)?.kind === 'fatal') process.exitCode = 1
 */
export function findFault(error: unknown): MillraceError | undefined {
  for (let link = error, depth = 0; link instanceof Error && depth < 16; link = link.cause, depth++) {
    if (link.name === 'MillraceError' && 'kind' in link && 'text' in link) return link as MillraceError
  }
  return undefined
}

/**
 * An Error for whatever was thrown, whose name and message are texts: `throw null` and `throw 'text'` happen, and so do
 * errors whose message is an object.
 * @example toError('no').message // 'thrown: no'
 */
export function toError(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(`thrown: ${textOf(thrown)}`)
  const { name, message, cause } = thrown
  if (typeof name === 'string' && typeof message === 'string') return thrown
  const error = new Error(message === undefined ? '' : textOf(message), { cause })
  return Object.assign(error, { name: textOf(name), stack: stackOf(thrown) })
}

/** It is made when it is first asked for, out of name and message: where those are no texts that fails. */
export function stackOf(error: Error): string {
  try {
    return typeof error.stack === 'string' ? error.stack : ''
  } catch {
    return ''
  }
}

/** Total: objects without a way to text happen too. */
function textOf(value: unknown): string {
  try {
    return String(typeof value === 'object' ? JSON.stringify(value) : value)
  } catch {
    return `a ${typeof value} that can not be written`
  }
}

/** A fault for whatever was thrown: what explains itself stays as it is, what nobody foresaw is ours to answer for. */
export function asFault(thrown: unknown, where: string): MillraceError {
  const fault = findFault(thrown)
  if (fault !== undefined) return fault
  const { name, message } = toError(thrown)
  const what = 'Millrace met an error it does not know'
  const fix = 'Run again with --verbose and report what it prints'
  return new MillraceError('fatal', { code: 'MR9001', what, where, why: `${name}: ${message}`, fix }, { cause: thrown })
}
