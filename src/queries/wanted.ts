/** From a question to rows: what its bounds mean depends on the store. */
import type { CatalogStore } from './catalog.ts'
import { keyBytes } from './keys.ts'
import { everywhere, type LayoutKind, type Where } from './layouts/layout.ts'
import { type Question, timeOf } from './question.ts'
import { badRequest } from './refusal.ts'

/** What each kind of store can be asked. */
export const reads: Readonly<Record<LayoutKind, readonly ('get' | 'fetch' | 'range' | 'as-of' | 'scan')[]>> = {
  table: ['get', 'range', 'scan'],
  windows: ['fetch', 'scan'],
  versions: ['get', 'as-of', 'scan'],
  rows: ['scan'],
}

/** @throws Refusal 400 for what the store can't be asked */
export function whereOf({ name, layout, store }: CatalogStore, question: Question): Where {
  const { key, from, to, at, keys, cursor } = question
  if (at !== null && !reads[layout.kind].includes('as-of'))
    throw badRequest(`${name} is not versioned: it has no row as of a time`)
  if (at !== null && key === null) throw badRequest('A row as of a time is asked for by its key')
  if (key !== null && layout.kind === 'rows')
    throw badRequest(`${name} has no rows by key: they are its operator's own`)
  const bytes = (text: string | null): Buffer | null => (text === null ? null : keyBytes(store.store.key, text, keys))
  const after = cursor?.after ?? null
  if (layout.kind !== 'table') {
    if (layout.kind === 'rows' && (from ?? to) !== null) throw badRequest(`The rows of ${name} have no bounds`)
    return { ...everywhere, key: bytes(key), span: { start: time(from), end: time(to) }, after }
  }
  if (key !== null && (from ?? to) !== null) throw badRequest('A key has one row: it takes no from and to')
  return { ...everywhere, key: bytes(key), from: bytes(from), to: bytes(to), after }
}

/** The question as a worker asks another: keys as bytes, so that no address can change them on its way. */
export function forwarded({ layout }: CatalogStore, question: Question, { key, from, to }: Where): Question {
  const text = (bytes: Buffer | null): string | null => (bytes === null ? null : bytes.toString('base64url'))
  const bounds = layout.kind === 'table' ? { from: text(from), to: text(to) } : {}
  return { ...question, ...bounds, key: text(key), keys: 'base64' }
}

function time(text: string | null): number | null {
  return text === null ? null : timeOf(text)
}

/** True where the answer is one row or none. */
export function isGet({ layout }: CatalogStore, { key, from, to }: Question): boolean {
  return key !== null && (layout.kind === 'table' || (layout.kind === 'versions' && from === null && to === null))
}
