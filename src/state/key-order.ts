/** Keys as map keys: text as it is written, or bytes as Latin-1. Equal tokens are equal bytes. */
import { reject } from '../faults.ts'
import type { Serde } from '../serde/serde.ts'
import { text } from '../serde/text.ts'
import { writeText } from './text-bytes.ts'

const firstSurrogate = 0xd800
const lastSurrogate = 0xdfff

/** Turns keys into tokens and back into bytes. A serde gives either always text or always bytes. */
export class KeyTokens {
  /** True where a key that is a text is its own token, if it is one that can be written. */
  readonly areKeys: boolean
  private readonly serde: Serde<unknown>
  private isText = true

  constructor(serde: Serde<unknown>) {
    this.serde = serde
    this.areKeys = serde === (text as Serde<unknown>)
  }

  /** @throws reject MR3004 for a key that is written as null, and whatever the serde throws */
  token(key: unknown): string {
    const encoded = this.serde.encode(key)
    if (typeof encoded === 'string') return encoded
    if (encoded === null) throw reject('A key is null where a row needs one', { code: 'MR3004' })
    this.isText = false
    return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength).toString('latin1')
  }

  /** The token of a key's bytes, `bytes[start, …)`. Only where a token was made before: else no one can know. */
  tokenOf(bytes: Buffer, start: number): string {
    return bytes.toString(this.isText ? 'utf8' : 'latin1', start)
  }

  bytes(token: string): Buffer {
    return Buffer.from(token, this.isText ? 'utf8' : 'latin1')
  }

  /** Writes a token's bytes where there is room for them. @returns where they end */
  write(token: string, bytes: Buffer, at: number): number {
    return this.isText ? writeText(token, bytes, at) : at + bytes.write(token, at, 'latin1')
  }
}

/** Makes row keys, each in the place of the last one: a key holds until the next is made. */
export class RowKeyScratch {
  private buffer = Buffer.allocUnsafe(256)
  /** By length: keys have few lengths, and a view costs more than what is written into it. */
  private views: Buffer[] = []

  /** Room for a key's token behind so many other bytes. */
  room(before: number, token: string): Buffer {
    const most = before + 3 * token.length
    if (most > this.buffer.length) {
      this.buffer = Buffer.allocUnsafe(2 * most)
      this.views = []
    }
    return this.buffer
  }

  /** The first bytes of the room. */
  key(length: number): Buffer {
    this.views[length] ??= this.buffer.subarray(0, length)
    return this.views[length]
  }
}

/** Orders tokens as their bytes are ordered, unsigned: UTF-16 puts surrogates before U+E000, UTF-8 behind U+FFFF. */
export function compareTokens(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const left = one.charCodeAt(at)
    const right = other.charCodeAt(at)
    if (left !== right) return rank(left) - rank(right)
  }
  return one.length - other.length
}

function rank(unit: number): number {
  return unit >= firstSurrogate && unit <= lastSurrogate ? unit + 0x10000 : unit
}
