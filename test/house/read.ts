import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Files } from './rules.ts'

const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** The TypeScript files of these folders; a folder that is not there has none. */
export function readFolders(...folders: readonly string[]): Files {
  const paths = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
  return new Map(paths.sort().map((path) => [path.replaceAll('\\', '/'), readFileSync(`${root}/${path}`, 'utf8')]))
}
