/** The flags of `millrace run` as plain data: they cross into worker threads, and what happened there comes back. */
import { type FaultKind, type FaultText, MillraceError } from '../../faults.ts'
import type { RunOptions, RunSummary } from '../../run.ts'
import type { WatchMemory } from './watched-hand.ts'

/** What every thread of a worker process is told. */
export interface WorkerOptions {
  readonly files: readonly string[]
  /** Of the threads together: where the circuit breakers are. */
  readonly breakers?: SharedArrayBuffer
  /** Absent: nobody watches. */
  readonly watch?: WatchMemory
  readonly options: Pick<RunOptions, 'brokers' | 'until' | 'runId' | 'guarantee' | 'thread' | 'standbys'> & {
    readonly instance: string
    /** A directory: what keeps state there is made in each thread. */
    readonly state?: string
    /** The first thread's port for its first topology; the others take those that follow. */
    readonly queries?: { readonly port: number; readonly host?: string }
  }
}

/** What a thread tells: its summaries, or the fault that ended it. */
export type ThreadMessage =
  | { readonly kind: 'finished'; readonly summaries: readonly RunSummary[] }
  | { readonly kind: 'failed'; readonly fault: PlainFault }

/** A MillraceError as data: structured cloning would leave only its message. */
export interface PlainFault {
  readonly kind: FaultKind
  readonly text: FaultText
  readonly stack: string | undefined
  readonly cause:
    | PlainFault
    | { readonly name: string; readonly message: string; readonly stack: string | undefined }
    | null
}

export function plainFault({ kind, text, stack, cause }: MillraceError): PlainFault {
  if (!(cause instanceof Error)) return { kind, text, stack, cause: null }
  if (cause instanceof MillraceError) return { kind, text, stack, cause: plainFault(cause) }
  return { kind, text, stack, cause: { name: cause.name, message: cause.message, stack: cause.stack } }
}

export function revivedFault({ kind, text, stack, cause }: PlainFault): MillraceError {
  const options = cause === null ? {} : { cause: 'kind' in cause ? revivedFault(cause) : revivedError(cause) }
  return withStack(new MillraceError(kind, text, options), stack)
}

function revivedError({ name, message, stack }: { name: string; message: string; stack: string | undefined }): Error {
  const error = withStack(new Error(message), stack)
  error.name = name
  return error
}

function withStack<E extends Error>(error: E, stack: string | undefined): E {
  if (stack !== undefined) error.stack = stack
  return error
}
