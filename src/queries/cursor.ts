/** Where a page ended: the partition, and the key of the last row that was looked at. */
import { badRequest } from './refusal.ts'

export interface Cursor {
  readonly partition: number
  /** Null: at the partition's start. */
  readonly after: Buffer | null
}

const form = /^(\d{1,9})(?:\.([A-Za-z0-9_-]{0,4000}))?$/

/** @example encodeCursor({ partition: 3, after: Buffer.from('k') }) // '3.aw' */
export function encodeCursor({ partition, after }: Cursor): string {
  return after === null ? String(partition) : `${partition}.${after.toString('base64url')}`
}

/** @throws Refusal 400 */
export function decodeCursor(text: string): Cursor {
  const [found, partition, after] = form.exec(text) ?? []
  if (found === undefined) throw badRequest('That is no cursor', 'Give the cursor of the page before, as it was')
  return { partition: Number(partition), after: after === undefined ? null : Buffer.from(after, 'base64url') }
}
