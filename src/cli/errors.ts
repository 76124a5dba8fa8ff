/** One error, as a person or a program reads it: what, where, why, fix, more, always in that order. */
import { styleText } from 'node:util'
import { asFault, errorCodes, type MillraceError, toError } from '../faults.ts'
import { safeJson } from './print/safe-json.ts'
import { safeText } from './print/untrusted.ts'

/** What `--json` prints of an error. */
export interface ErrorReport {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly where: string | null
    readonly why: string | null
    readonly fix: string | null
    readonly retryable: boolean
    readonly stack?: string
  }
}

export interface ErrorStyle {
  readonly json: boolean
  /** With the stack, and the stacks of its causes. */
  readonly verbose: boolean
}

/**
 * Prints whatever was thrown and returns the exit code for it. Text goes to stderr; with `json` one line to stdout,
 * where a program looks for the result.
 */
export function printError(thrown: unknown, style: ErrorStyle): number {
  const fault = asFault(thrown, `millrace ${process.argv.slice(2).join(' ')}`)
  if (style.json) console.log(safeJson(errorReport(fault, style.verbose)))
  else console.error(errorText(fault, style.verbose, (text) => styleText('red', text, { stream: process.stderr })))
  return errorCodes[fault.code].exit
}

function errorReport(fault: MillraceError, verbose = false): ErrorReport {
  const { code, what, where = null, why = null, fix = null } = fault.text
  const stack = verbose ? { stack: stackOf(fault) } : {}
  return { error: { code, message: what, where, why, fix, retryable: fault.kind === 'retry', ...stack } }
}

/**
 * The lines of an error. Every part may quote what others wrote, so every part is made safe, and lines after the first
 * are indented: no text can pass for a line of ours.
 */
export function errorText(fault: MillraceError, verbose = false, paint: (text: string) => string = String): string {
  const { code, what, where, why, fix } = fault.text
  const lines = [`${paint('error')} ${code}  ${indented(what)}`]
  for (const [label, text] of Object.entries({ where, why, fix, more: `millrace help ${code}` })) {
    if (text !== undefined) lines.push(`  ${label.padEnd(7)} ${indented(text)}`)
  }
  if (verbose) lines.push(`  stack   ${indented(stackOf(fault))}`)
  return lines.join('\n')
}

function indented(text: string): string {
  return safeText(text).replaceAll('\n', `\n${' '.repeat(12)}`)
}

/** The stacks of the chain of causes, innermost last. */
function stackOf(fault: MillraceError): string {
  const stacks: string[] = []
  for (let link: unknown = fault, depth = 0; link !== undefined && depth < 16; depth++) {
    const error = toError(link)
    stacks.push(error.stack ?? error.message)
    link = error.cause
  }
  return stacks.join('\ncaused by ')
}
