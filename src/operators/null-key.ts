import { type MillraceError, reject } from '../faults.ts'

/** A record without key where rows are kept by key (`semantics.md` 3.8): its policy decides, by default a dead letter. */
export function nullKey(what: string): MillraceError {
  return reject(`The key is null, and ${what} needs one`, { code: 'MR3004' })
}
