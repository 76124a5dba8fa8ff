/** Row keys as LMDB takes them. It has no empty key: a zero byte goes in front of that one and of all that begin with one. */

const zero = Buffer.from([0])

/** In the same order as the keys. */
export function tableKey(key: Buffer): Buffer {
  return key.length > 0 && key[0] !== 0 ? key : Buffer.concat([zero, key])
}

export function rowKeyOf(tableKey: Buffer): Buffer {
  return tableKey[0] === 0 ? tableKey.subarray(1) : tableKey
}

/** Below every key. */
export const lowestTableKey: Buffer = zero

const longest = 2_048

/** The same for one row at a time, without a buffer for each: a key holds until the next is asked for. */
export class TableKeyScratch {
  private readonly bytes = Buffer.alloc(longest)
  /** By length. */
  private readonly views: Buffer[] = []

  key(key: Buffer): Buffer {
    if (key.length > 0 && key[0] !== 0) return key
    if (key.length >= longest) return tableKey(key)
    key.copy(this.bytes, 1)
    this.views[key.length] ??= this.bytes.subarray(0, key.length + 1)
    return this.views[key.length]!
  }
}
