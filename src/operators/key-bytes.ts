import type { Serde } from '../serde/serde.ts'
import { nullKey } from './null-key.ts'

/** Keys as the bytes under which their rows lie, and back. */
export class KeyBytes {
  private readonly serde: Serde<unknown>
  private readonly what: string

  /** @param what needs a key, for the message when there is none */
  constructor(serde: Serde<unknown>, what: string) {
    this.serde = serde
    this.what = what
  }

  /** @throws reject MR3004 for a key that is null or written as null, and whatever the serde throws */
  encode(key: unknown): Buffer {
    const encoded = key === null || key === undefined ? null : this.serde.encode(key)
    if (encoded === null) throw nullKey(this.what)
    if (typeof encoded === 'string') return Buffer.from(encoded)
    return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  }

  decode(bytes: Buffer): unknown {
    return this.serde.decode(bytes, 0, bytes.length)
  }
}
