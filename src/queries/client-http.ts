/** Asks one worker, again and again while the answer is "in a moment". */
import { type Clock, sleep } from '../clock.ts'
import { MillraceError, toError } from '../faults.ts'
import type { RefusalBody } from './refusal.ts'
import { type JsonReply, requestJson } from './request-json.ts'

export interface Connection {
  readonly url: string
  readonly token: string | null
  /** Milliseconds. */
  readonly patience: number
  readonly standbyOk: boolean
  readonly clock: Clock
}

const firstPauseMilliseconds = 50
const longestPauseMilliseconds = 1_000

export function headersOf({ token }: Connection): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` }
}

/**
 * The body of the answer; null where there is no such row.
 * @throws MillraceError MR4201 when patience has run out, MR4202, MR4203, MR2008
 */
export async function ask(connection: Connection, target: string): Promise<unknown> {
  return await patiently(connection, async () => {
    const { status, body } = await reach(connection, target)
    const { error } = body as Partial<RefusalBody>
    if (error !== undefined) throw faultOf({ error }, connection.url)
    return status < 300 ? body : null
  })
}

async function reach(connection: Connection, target: string): Promise<JsonReply> {
  try {
    return await requestJson(connection.url, target, { headers: headersOf(connection) })
  } catch (cause) {
    throw unreachable(connection.url, cause)
  }
}

export function unreachable(url: string, cause: unknown): MillraceError {
  const why = toError(toError(cause).cause ?? cause).message
  const fix = 'Start workers with --queries, and ask one that runs: millrace store ls --brokers … finds them'
  return new MillraceError('retry', { code: 'MR4201', what: `No worker answers at ${url}`, why, fix }, { cause })
}

/** The fault that a worker told. */
export function faultOf({ error }: RefusalBody, where: string): MillraceError {
  const { code, message, why, fix, retryable } = error
  const text = { code, what: message, where, ...(why !== null && { why }), ...(fix !== null && { fix }) }
  return new MillraceError(retryable ? 'retry' : 'fatal', text)
}

/** Again with growing pauses while it fails with what passes by itself. */
export async function patiently<T>({ clock, patience }: Connection, work: () => Promise<T>): Promise<T> {
  const until = clock.monotonic() + patience
  for (let pause = firstPauseMilliseconds; ; pause = Math.min(2 * pause, longestPauseMilliseconds)) {
    try {
      return await work()
    } catch (error) {
      const passes = error instanceof MillraceError && error.kind === 'retry'
      if (!passes || clock.monotonic() + pause > until) throw error
      await sleep(clock, pause)
    }
  }
}
