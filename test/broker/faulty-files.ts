/** A file layer that fails when a test tells it to, and counts what is open. */
import { type FileSystem, nodeFileSystem } from '../../src/broker/storage/file-system.ts'

export class FaultyFiles implements FileSystem {
  /** Bytes that may still be written; a write beyond them leaves a torn piece. */
  bytesLeft: number = Number.POSITIVE_INFINITY
  /** Whether files can be made shorter. */
  canTruncate = true
  canSync = true
  canRead = true
  canRemove = true
  open_ = 0
  mostOpen = 0
  syncs = 0
  reads = 0

  open(path: string, create: boolean): number {
    this.mostOpen = Math.max(this.mostOpen, ++this.open_)
    return nodeFileSystem.open(path, create)
  }
  close(handle: number): void {
    this.open_--
    nodeFileSystem.close(handle)
  }
  write(handle: number, bytes: Buffer, start: number, end: number, position: number): void {
    const fits = Math.min(end, start + this.bytesLeft)
    nodeFileSystem.write(handle, bytes, start, fits, position)
    this.bytesLeft -= fits - start
    if (fits < end) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  }
  read(handle: number, bytes: Buffer, position: number): number {
    this.reads++
    if (!this.canRead) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
    return nodeFileSystem.read(handle, bytes, position)
  }
  truncate(handle: number, size: number): void {
    if (!this.canTruncate) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
    nodeFileSystem.truncate(handle, size)
  }
  sync(handle: number): void {
    this.syncs++
    if (!this.canSync) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
    nodeFileSystem.sync(handle)
  }
  status = nodeFileSystem.status
  list = nodeFileSystem.list
  readText = nodeFileSystem.readText
  createText = nodeFileSystem.createText
  rename = nodeFileSystem.rename
  remove(path: string): void {
    if (!this.canRemove) throw Object.assign(new Error('EPERM: not permitted'), { code: 'EPERM' })
    nodeFileSystem.remove(path)
  }
}
