/** One broker a directory: a file names the process that uses it. What a process left that is gone counts for nothing. */
import { join } from 'node:path'
import { MillraceError } from '../../faults.ts'
import type { FileSystem } from './file-system.ts'

const name = 'lock'

/** Returns what releases the directory. @throws MillraceError MR1003 when another broker uses it */
export function lock(files: FileSystem, directory: string): () => void {
  const path = join(directory, name)
  const mine = identityOf(files, process.pid)
  if (!files.createText(path, mine)) {
    const owner = files.readText(path) ?? ''
    if (isAlive(files, owner)) throw inUse(directory, owner)
    files.remove(path)
    if (!files.createText(path, mine)) throw inUse(directory, files.readText(path) ?? '')
  }
  return () => files.remove(path)
}

/** The number of a process may be given to another later: where the system tells when it began, that belongs to it. */
function identityOf(files: FileSystem, pid: number): string {
  const afterName = files.readText(`/proc/${pid}/stat`)?.split(') ').at(-1)
  return `${pid} ${afterName?.split(' ')[19] ?? ''}`.trim()
}

function isAlive(files: FileSystem, owner: string): boolean {
  const pid = Number(owner.split(' ')[0])
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return identityOf(files, pid) === owner
}

function inUse(directory: string, owner: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1003',
    what: `The data directory ${directory} is in use`,
    why: `A broker of process ${owner.split(' ')[0]} keeps its records there`,
    fix: 'End that broker, or use another directory',
  })
}
