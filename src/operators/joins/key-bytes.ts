import type { Serde } from '../../serde/serde.ts'
import { keyBytesOf } from '../tables/key-bytes.ts'

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
    return keyBytesOf(this.serde, key, this.what)
  }

  decode(bytes: Buffer): unknown {
    return this.serde.decode(bytes, 0, bytes.length)
  }
}
