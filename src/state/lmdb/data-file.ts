/** Looks at the data file before LMDB maps it: reading a map of a damaged file may end the process. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const magic = 0xbeefc0de
/** Of the file format of the npm package lmdb 3. */
const dataVersion = 2
const at = { magic: 24, version: 28, pageSize: 48, lastPage: 144, transaction: 152 }
const metaBytes = 160
const largestPage = 65_536

/**
 * `new`: nothing there. `damaged`: cut off, of another program, or of another version.
 * @example if (dataFileState(path) === 'damaged') rmSync(directory, { recursive: true })
 */
export function dataFileState(path: string): 'new' | 'sound' | 'damaged' {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'new'
    throw error
  }
  try {
    const { size } = fstatSync(file)
    if (size === 0) return 'new'
    return isSound(file, size) ? 'sound' : 'damaged'
  } finally {
    closeSync(file)
  }
}

/** Two pages at the start take turns in saying where the last transaction is. */
function isSound(file: number, size: number): boolean {
  const first = readMeta(file, 0)
  if (first === null) return false
  const second = readMeta(file, first.pageSize)
  if (second === null || second.pageSize !== first.pageSize) return false
  const { lastPage, pageSize } = first.transaction > second.transaction ? first : second
  return (lastPage + 1) * pageSize <= size
}

interface Meta {
  readonly pageSize: number
  readonly lastPage: number
  readonly transaction: number
}

function readMeta(file: number, position: number): Meta | null {
  const bytes = Buffer.alloc(metaBytes)
  if (readSync(file, bytes, 0, metaBytes, position) < metaBytes) return null
  if (bytes.readUInt32LE(at.magic) !== magic || bytes.readUInt32LE(at.version) !== dataVersion) return null
  const pageSize = bytes.readUInt32LE(at.pageSize)
  if (pageSize === 0 || pageSize > largestPage) return null
  return {
    pageSize,
    lastPage: Number(bytes.readBigUInt64LE(at.lastPage)),
    transaction: Number(bytes.readBigUInt64LE(at.transaction)),
  }
}
