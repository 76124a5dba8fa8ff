/** UTF-8 read strictly: what isn't UTF-8 is refused, never replaced. */
import { isUtf8 } from 'node:buffer'
import { reject } from '../faults.ts'

const replacement = '\uFFFD'

/**
 * The text in `bytes[start, end)`. Node puts U+FFFD where bytes are wrong, so only a text that holds one is looked at
 * again; it may stand there rightly.
 * @throws reject MR3001 for bytes that aren't UTF-8
 */
export function decodeUtf8(bytes: Buffer, start: number, end: number): string {
  const decoded = bytes.toString('utf8', start, end)
  if (decoded.includes(replacement) && !isUtf8(bytes.subarray(start, end))) {
    throw reject('The bytes are not UTF-8', { code: 'MR3001' })
  }
  return decoded
}
