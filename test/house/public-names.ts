/** The names that files export: which of them are public, what stands above those, and who uses the others. */
import { dirname, join } from 'node:path/posix'
import type { Files } from './rules.ts'

/** `export { one, type Two } from './file.ts'`, `export type { Two } from './file.ts'` */
const reexport = /^export (type )?\{([^}]*)\} from '(\.[^']+)'/gm

/** Values that an entry exports without a doc comment that holds an example: who looks a name up wants to see its use. */
export function withoutExample(files: Files, entries: readonly string[]): string[] {
  return entries.flatMap((entry) => {
    const own = [...(files.get(entry) ?? '').matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)]
    const names = [...own.map(([, name = '']) => name), ...reexported(files, entry)]
    return names.filter((name) => !hasExample(files, entry, name)).map((name) => `${entry}: ${name}`)
  })
}

function reexported(files: Files, path: string): string[] {
  return [...(files.get(path) ?? '').matchAll(reexport)]
    .filter(([, type]) => type === undefined)
    .flatMap(([, , list = '']) => namesOf(list))
}

function namesOf(list: string): string[] {
  const names = list.split(',').map((name) => name.trim())
  return names.filter((name) => name !== '' && !name.startsWith('type '))
}

function hasExample(files: Files, path: string, name: string): boolean {
  const source = files.get(path) ?? ''
  const found = new RegExp(`^export (?:async )?(?:function\\*?|const|class) ${name}\\b`, 'm').exec(source)
  if (found !== null) return commentAbove(source.slice(0, found.index)).includes('@example')
  for (const [, , list = '', specifier = ''] of source.matchAll(reexport)) {
    if (namesOf(list).includes(name)) return hasExample(files, join(dirname(path), specifier), name)
  }
  return false
}

function commentAbove(text: string): string {
  const above = text.trimEnd()
  return above.endsWith('*/') ? above.slice(above.lastIndexOf('/**')) : ''
}

const exported = /^export (?:async )?(?:function\*?|const|class) (\w+)/gm

/** Values that a file of the product exports and no other file names: they are its own, or nobody's. */
export function idleExports(files: Files): string[] {
  const wordsOf = new Map([...files].map(([path, source]) => [path, new Set(source.match(/\w+/g))]))
  const isNamedBeside = (path: string, name: string): boolean =>
    [...wordsOf].some(([other, words]) => other !== path && words.has(name))
  return [...files].flatMap(([path, source]) => {
    if (!path.startsWith('src/')) return []
    const names = [...source.matchAll(exported)].map(([, name = '']) => name)
    return names.filter((name) => !isNamedBeside(path, name)).map((name) => `${path}: ${name}`)
  })
}
