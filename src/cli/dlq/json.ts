/** A letter as JSON: times in ISO 8601, offsets as text, bytes in base64 beside what they mean. */
import type { Decoded, ReadLetter } from '../../dead-letters/index.ts'
import { jsonText } from '../../serde/json-text.ts'
import { isoOf } from '../print/instants.ts'

/** Key and value of a letter, read. */
export interface Meaning {
  readonly key: Decoded
  readonly value: Decoded
}

export function letterJson(letter: ReadLetter, meaning: Meaning): object {
  const { offset, time, source, sourceTime, firstFailedAt, failedAt, key, value, headers, ...said } = letter
  return {
    ...said,
    offset: String(offset),
    time: isoOf(time),
    source: source && { ...source, offset: String(source.offset) },
    sourceTime: isoOf(sourceTime),
    firstFailedAt: isoOf(firstFailedAt),
    failedAt: isoOf(failedAt),
    key: partJson(key, meaning.key),
    value: partJson(value, meaning.value),
    headers: headers.map((header) => ({ name: header.name, ...textAndBytes(header.value) })),
  }
}

function partJson(bytes: Uint8Array | null, { as, value, problem }: Decoded): object {
  return { as, value: JSON.parse(jsonText(value) ?? 'null') as unknown, problem, base64: bytes && base64(bytes) }
}

function textAndBytes(bytes: Uint8Array | null): object {
  return { text: bytes && Buffer.from(bytes).toString(), base64: bytes && base64(bytes) }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
