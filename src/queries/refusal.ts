/** A question that gets no answer: the status says whose fault it is. */
import type { ErrorCode } from '../faults.ts'

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 413 | 421 | 429 | 431 | 500 | 503

const codes: Readonly<Record<RefusalStatus, ErrorCode>> = {
  400: 'MR4203',
  401: 'MR2008',
  403: 'MR2008',
  404: 'MR4202',
  405: 'MR4203',
  413: 'MR4203',
  421: 'MR2008',
  429: 'MR2008',
  431: 'MR4203',
  500: 'MR9001',
  503: 'MR4201',
}

/** What is sent of it. */
export interface RefusalBody {
  readonly error: {
    readonly code: ErrorCode
    readonly message: string
    readonly why: string | null
    readonly fix: string | null
    /** The same may be asked again a moment later. */
    readonly retryable: boolean
  }
}

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: RefusalStatus
  readonly why: string | null
  readonly fix: string | null

  constructor(status: RefusalStatus, message: string, { why, fix }: { why?: string; fix?: string } = {}) {
    super(message)
    this.status = status
    this.why = why ?? null
    this.fix = fix ?? null
  }

  get body(): RefusalBody {
    const { status, message, why, fix } = this
    return { error: { code: codes[status], message, why, fix, retryable: status === 503 || status === 429 } }
  }
}

/** The task is on its way from one worker to another, or being restored. */
export function moving(task: string, why: string): Refusal {
  return new Refusal(503, `Task ${task} can't be asked right now`, { why, fix: 'Ask again in a moment' })
}

export function badRequest(message: string, fix?: string): Refusal {
  return new Refusal(400, message, fix === undefined ? {} : { fix })
}
