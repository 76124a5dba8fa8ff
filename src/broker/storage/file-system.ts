/** What the broker asks of the operating system's files. Tests put one in between that fails when it is told to. */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

export interface FileStatus {
  readonly sizeInBytes: number
  /** Milliseconds since 1970. */
  readonly modifiedAt: number
}

/** Every call throws what the operating system says. */
export interface FileSystem {
  /** Opens for reading and writing; with `create` the file, and the folder it is in, are made where they are not. */
  open(path: string, create: boolean): number
  close(handle: number): void
  status(handle: number): FileStatus
  /** Fills `bytes` from `position` on; gives how many there were. */
  read(handle: number, bytes: Buffer, position: number): number
  /** Writes all of `bytes` from `start` to `end`, or throws. */
  write(handle: number, bytes: Buffer, start: number, end: number, position: number): void
  truncate(handle: number, size: number): void
  sync(handle: number): void
  /** The names in a folder; none when there is no such folder. */
  list(folder: string): string[]
  /** The text of a file; null when there is none. */
  readText(path: string): string | null
  /** Writes a file that must not exist yet. False when it does. */
  createText(path: string, text: string): boolean
  rename(from: string, to: string): void
  /** A file, or a folder with all that is in it; nothing happens when there is none. */
  remove(path: string): void
}

export const nodeFileSystem: FileSystem = {
  open(path, create) {
    if (create) mkdirSync(dirname(path), { recursive: true })
    return openSync(path, create && !existsSync(path) ? 'w+' : 'r+')
  },
  close: closeSync,
  status(handle) {
    const { size, mtimeMs } = fstatSync(handle)
    return { sizeInBytes: size, modifiedAt: mtimeMs }
  },
  read(handle, bytes, position) {
    let count = 0
    while (count < bytes.length) {
      const more = readSync(handle, bytes, count, bytes.length - count, position + count)
      if (more === 0) break
      count += more
    }
    return count
  },
  write(handle, bytes, start, end, position) {
    for (let at = start; at < end; ) at += writeSync(handle, bytes, at, end - at, position + at - start)
  },
  truncate: ftruncateSync,
  sync: fsyncSync,
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
  readText: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  createText(path, text) {
    mkdirSync(dirname(path), { recursive: true })
    try {
      writeFileSync(path, text, { flag: 'wx' })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    }
  },
  rename: renameSync,
  remove: (path) => rmSync(path, { recursive: true, force: true }),
}
