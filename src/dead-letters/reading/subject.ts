/** A record of a queue as a letter, and what a filter asks of it. */
import type { RecordCursor } from '../../wire/batch.ts'
import type { FilterSubject } from '../filter/evaluate.ts'
import type { DeadLetter, LetterState } from '../letter.ts'
import type { Decoder, Undecoded } from './decode.ts'
import { reportOf } from './headers.ts'

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

/** The record under a cursor, until that moves on: of its letter only as much is made as somebody asks for. */
export class LetterView implements Undecoded {
  readonly #cursor: RecordCursor
  readonly #queue: string
  readonly #partition: number
  #letter: DeadLetter | null = null

  constructor(cursor: RecordCursor, queue: string, partition: number) {
    this.#cursor = cursor
    this.#queue = queue
    this.#partition = partition
  }

  get letter(): DeadLetter {
    this.#letter ??= letterAt(this.#cursor, this.#queue, this.#partition)
    return this.#letter
  }

  get key(): Buffer | null {
    const { bytes, keyStart, keyEnd } = this.#cursor
    return keyStart < 0 ? null : bytes.subarray(keyStart, keyEnd)
  }

  get value(): Buffer | null {
    const { bytes, valueStart, valueEnd } = this.#cursor
    return valueStart < 0 ? null : bytes.subarray(valueStart, valueEnd)
  }

  get source(): DeadLetter['source'] {
    return this.letter.source
  }

  get pointer(): DeadLetter['pointer'] {
    return this.letter.pointer
  }
}

/** Decodes what a filter asks for, once. */
export class LazySubject implements FilterSubject {
  readonly state: LetterState
  readonly #view: Undecoded & { readonly letter: DeadLetter }
  readonly #decode: Decoder
  readonly #decoded = new Map<'key' | 'value', unknown>()

  constructor(view: Undecoded & { readonly letter: DeadLetter }, state: LetterState, decode: Decoder) {
    this.#view = view
    this.state = state
    this.#decode = decode
  }

  get letter(): DeadLetter {
    return this.#view.letter
  }

  get key(): unknown {
    return this.#part('key')
  }

  get value(): unknown {
    return this.#part('value')
  }

  #part(part: 'key' | 'value'): unknown {
    if (!this.#decoded.has(part)) this.#decoded.set(part, this.#decode(this.#view, part).value)
    return this.#decoded.get(part)
  }
}
