/** A letter as a line of JSON that loses nothing: bytes in base64, 64-bit numbers as text (`failures.md` 4). */
import type { DeadLetter } from '../letter.ts'

/** What `dlq export` writes and `dlq import` reads. */
export interface LetterLine {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  /** Milliseconds since 1970. */
  readonly timestamp: string
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly { readonly name: string; readonly value: string | null }[]
}

/** @example for await (const letter of readLetters(kafka, { queue })) console.log(JSON.stringify(lineOf(letter))) */
export function lineOf({ queue, partition, offset, time, key, value, headers }: DeadLetter): LetterLine {
  return {
    topic: queue,
    partition,
    offset: String(offset),
    timestamp: String(time),
    key: base64(key),
    value: base64(value),
    headers: headers.map((header) => ({ name: header.name, value: base64(header.value) })),
  }
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
