/** Keys as they are written in an address: text as it is, all others as JSON, bytes in base64. */
import { reject } from '../faults.ts'
import type { Serde } from '../serde/serde.ts'
import { maxRowKeyBytes } from '../state/row-key.ts'
import { badRequest } from './refusal.ts'

const base64Text = /^[A-Za-z0-9+/_-]*={0,2}$/

/** @throws Refusal 400 for what is no key of the serde */
export function keyBytes(serde: Serde<unknown>, text: string, form: 'text' | 'base64'): Buffer {
  const bytes = form === 'base64' ? fromBase64(text) : encoded(serde, text)
  if (bytes.length <= maxRowKeyBytes) return bytes
  throw badRequest(`The key has ${bytes.length} bytes; rows have keys of ${maxRowKeyBytes} at most`)
}

/** The bytes of a key. @throws reject MR3004 for one that is written as null, what the serde throws for what is none */
export function bytesOfKey(serde: Serde<unknown>, key: unknown): Buffer {
  const bytes = serde.encode(key)
  if (bytes === null) throw reject('Rows have no null keys', { code: 'MR3004' })
  return typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes)
}

function encoded(serde: Serde<unknown>, text: string): Buffer {
  for (const value of readings(serde, text)) {
    const bytes = tryEncode(serde, value)
    if (bytes !== null) return bytes
  }
  throw badRequest(
    `That is no key for the serde ${serde.name}`,
    'Write text as it is, other keys as JSON, bytes in base64',
  )
}

/** What a text may mean, the likeliest first. Whether it is a key is for the serde to say. */
function* readings(serde: Serde<unknown>, text: string): Iterable<unknown> {
  const name = serde.name.replace(/^nullable\((.*)\)$/, '$1')
  if (name === 'bytes' && base64Text.test(text)) yield Buffer.from(text, 'base64')
  if (name === 'text') yield text
  const isWhole = /^-?\d{1,100}$/.test(text)
  const parsed = isWhole && !Number.isSafeInteger(Number(text)) ? undefined : parse(text)
  if (parsed !== undefined) yield parsed
  if (isWhole) yield BigInt(text)
  // Text needs no quotes, unless without them it is other JSON that the serde takes.
  yield text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function tryEncode(serde: Serde<unknown>, value: unknown): Buffer | null {
  try {
    return bytesOfKey(serde, value)
  } catch {
    // Serdes refuse what is none of theirs in their own ways.
    return null
  }
}

/** @throws Refusal 400 */
function fromBase64(text: string): Buffer {
  if (base64Text.test(text)) return Buffer.from(text, 'base64')
  throw badRequest('That is no base64')
}
