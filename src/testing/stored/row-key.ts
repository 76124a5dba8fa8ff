/** Reads the keys of ordered rows (`state/row-key.ts` writes them): a delimited part, then times. */

const timeBytes = 8
const high = 0x1_0000_0000

export interface RowKey {
  readonly key: Buffer
  readonly times: readonly number[]
}

/** The user's key, in which 0x00 is written as 0x00 0xff and which 0x00 0x00 ends, and the times behind it. */
export function readRowKey(rowKey: Buffer): RowKey {
  const key: number[] = []
  let at = 0
  for (; at < rowKey.length && (rowKey[at] !== 0 || rowKey[at + 1] === 0xff); at++) {
    key.push(rowKey[at]!)
    if (rowKey[at] === 0) at++
  }
  return { key: Buffer.from(key), times: timesFrom(rowKey, at + 2) }
}

function timesFrom(rowKey: Buffer, first: number): number[] {
  const times: number[] = []
  for (let at = first; at + timeBytes <= rowKey.length; at += timeBytes) {
    times.push(rowKey.readUInt32BE(at) * high + rowKey.readUInt32BE(at + 4))
  }
  return times
}
