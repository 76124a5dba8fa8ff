/** The Java program of a peer, compiled once. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A folder of Java sources and the jars they need, `folder/*`. */
interface Sources {
  readonly folder: string
  readonly libraries: string
}

/** Where the classes are or shall be: the folder is named after the sources, so that others never serve for them. */
export function classFolder({ folder, libraries }: Sources): string {
  const hash = createHash('sha256')
  for (const file of filesOf(folder)) hash.update(readFileSync(file)).update('\0')
  return join(dirname(dirname(libraries)), `bench-${hash.digest('hex').slice(0, 16)}`)
}

/** @throws Error with the compiler's words */
export function compileOnce(sources: Sources): void {
  const home = classFolder(sources)
  if (existsSync(home)) return
  // Filled beside its place, then renamed: of two processes that race, the second finds it there.
  const filling = mkdtempSync(`${home}-`)
  try {
    const words = ['-nowarn', '-d', filling, '-cp', sources.libraries, ...filesOf(sources.folder)]
    const compiler = spawnSync('javac', words, { encoding: 'utf8' })
    if (compiler.status !== 0) {
      throw new Error(`${sources.folder} does not compile: ${compiler.error?.message ?? compiler.stderr}`)
    }
    if (!existsSync(home)) renameSync(filling, home)
  } finally {
    rmSync(filling, { recursive: true, force: true })
  }
}

function filesOf(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.java'))
  return names.sort().map((name) => join(folder, name))
}
