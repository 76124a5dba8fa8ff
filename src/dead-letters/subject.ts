/** A record of a queue as a letter, and what a filter asks of it. */
import type { RecordCursor } from '../wire/batch.ts'
import type { Decoder } from './decode.ts'
import type { FilterSubject } from './filter/evaluate.ts'
import { reportOf } from './headers.ts'
import type { DeadLetter, LetterState } from './letter.ts'

/** The record under the cursor. Its bytes are views that hold a whole network buffer: `copyOf` what is kept. */
export function letterAt(cursor: RecordCursor, queue: string, partition: number): DeadLetter {
  const { bytes, offset, timestamp: time, keyStart, keyEnd, valueStart, valueEnd } = cursor
  const headers = cursor.headers()
  return {
    ...reportOf(headers),
    queue,
    partition,
    offset,
    time,
    key: keyStart < 0 ? null : bytes.subarray(keyStart, keyEnd),
    value: valueStart < 0 ? null : bytes.subarray(valueStart, valueEnd),
    headers,
  }
}

/** The letter with bytes of its own. */
export function copyOf(letter: DeadLetter): DeadLetter {
  return {
    ...letter,
    key: letter.key && Buffer.from(letter.key),
    value: letter.value && Buffer.from(letter.value),
    headers: letter.headers.map(({ name, value }) => ({ name, value: value && Buffer.from(value) })),
  }
}

/** Decodes what a filter asks for, once. */
export class LazySubject implements FilterSubject {
  readonly letter: DeadLetter
  readonly state: LetterState
  readonly #decode: Decoder
  readonly #decoded = new Map<'key' | 'value', unknown>()

  constructor(letter: DeadLetter, state: LetterState, decode: Decoder) {
    this.letter = letter
    this.state = state
    this.#decode = decode
  }

  get key(): unknown {
    return this.#part('key')
  }

  get value(): unknown {
    return this.#part('value')
  }

  #part(part: 'key' | 'value'): unknown {
    if (!this.#decoded.has(part)) this.#decoded.set(part, this.#decode(this.letter, part).value)
    return this.#decoded.get(part)
  }
}
