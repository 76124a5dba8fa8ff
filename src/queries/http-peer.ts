/** Asks another worker over HTTP. */
import type { Clock } from '../clock.ts'
import { toError } from '../faults.ts'
import type { AskElsewhere } from './answers.ts'
import { encodeCursor } from './cursor.ts'
import type { Question } from './question.ts'
import { moving } from './refusal.ts'
import { requestJson } from './request-json.ts'

/** Says that a worker asks for somebody else: it is answered from there or not at all. */
export const peerHeader = 'x-millrace-peer'

const patienceMilliseconds = 10_000

export interface PeerOptions {
  readonly clock: Clock
  readonly token: string | null
}

/** @example const { status, body } = await askOverHttp({ clock, token: null })('http://10.0.0.7:8080', question, 'lines-3') */
export function askOverHttp({ clock, token }: PeerOptions): AskElsewhere {
  return async (address, question, task) => {
    const late = new AbortController()
    const timer = clock.after(patienceMilliseconds, () => late.abort())
    try {
      return await requestJson(address, targetOf(question), { headers: peerHeaders(token), signal: late.signal })
    } catch (error) {
      throw moving(task, `the worker at ${address} does not answer: ${toError(error).message}`)
    } finally {
      timer.cancel()
    }
  }
}

export function peerHeaders(token: string | null): Record<string, string> {
  return { [peerHeader]: '1', ...(token !== null && { authorization: `Bearer ${token}` }) }
}

/** A question as it is asked: path and parameters. */
export function targetOf({ store, key, ...question }: Question, live = false): string {
  const steps = [store, key].filter((step) => step !== null).map(encodeURIComponent)
  const given: Record<string, string | null> = {
    from: question.from,
    to: question.to,
    at: numberText(question.at),
    limit: String(question.limit),
    cursor: question.cursor && encodeCursor(question.cursor),
    partition: numberText(question.partition),
    keys: question.keys,
    format: question.format,
    'standby-ok': String(question.standbyOk),
  }
  const parameters = Object.entries(given).filter((each): each is [string, string] => each[1] !== null)
  return `/${['stores', ...steps, ...(live ? ['live'] : [])].join('/')}?${new URLSearchParams(parameters)}`
}

function numberText(value: number | null): string | null {
  return value === null ? null : String(value)
}
