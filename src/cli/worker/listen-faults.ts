/** Why a listener cannot be opened. */
import { MillraceError, toError } from '../../faults.ts'

/** By Node's code. */
const faults: Readonly<Record<string, { readonly what: string; readonly fix: string }>> = {
  EADDRINUSE: {
    what: 'is in use',
    fix: 'Choose another --port (0 takes a free one), or end the program that listens there',
  },
  EACCES: { what: 'may not be opened by this user', fix: 'Choose a --port above 1023' },
  EADDRNOTAVAIL: { what: 'is not an address of this machine', fix: 'Choose another --host; 127.0.0.1 always works' },
  ENOTFOUND: { what: 'is not a known host', fix: 'Choose another --host; 127.0.0.1 always works' },
}

/** What to throw instead: an MR1003 for what is known, anything else as it is. */
export function explainListening(thrown: unknown, address: string): unknown {
  const error = toError(thrown)
  const known = 'code' in error ? faults[String(error.code)] : undefined
  if (known === undefined) return thrown
  const what = `${address} ${known.what}`
  return new MillraceError('fatal', { code: 'MR1003', what, why: error.message, fix: known.fix }, { cause: error })
}
