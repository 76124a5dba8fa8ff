/**
 * Whether what lies on disk can be believed. Nothing is synced while a task runs: a process that is killed loses nothing,
 * since the kernel has all it wrote, but a machine that stops may leave pages of different transactions. So a file says
 * since which start of the machine the data is in use; a clean close syncs, and says so.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const synced = 'synced'
const unnamed = 'unknown'

/** What the machine calls its present start; null where it has no such name. */
export function bootName(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return null
  }
}

/**
 * True when no stop of the machine can have come between writing and now, or when it would not matter: where the machine
 * has no name for its start, every transaction is synced.
 */
export function isTrusted(directory: string, boot: string | null): boolean {
  const mark = readMark(directory)
  return mark === synced || mark?.split(' ')[0] === (boot ?? unnamed)
}

/** To be called before the first write. */
export function markInUse(directory: string, boot: string | null): void {
  writeMark(directory, markOf(boot))
}

/** To be called when all is closed. Where another process has taken over meanwhile, it is still in use. */
export function markSynced(directory: string, dataFile: string): void {
  if (readMark(directory) !== markOf(bootName())) return
  syncFile(dataFile)
  writeMark(directory, synced)
}

function markOf(boot: string | null): string {
  return `${boot ?? unnamed} ${process.pid}`
}

function readMark(directory: string): string | null {
  try {
    return readFileSync(markFile(directory), 'utf8')
  } catch {
    return null
  }
}

/** Synced itself: a mark that is newer than the data it speaks of would be a lie. */
function writeMark(directory: string, mark: string): void {
  writeFileSync(markFile(directory), mark)
  syncFile(markFile(directory))
}

function syncFile(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function markFile(directory: string): string {
  return join(directory, 'in-use')
}
