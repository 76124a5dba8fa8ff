/** What a file imports: statements, `import()`, and files named for a worker or an asset by `new URL('./x', import.meta.url)`. */
import { dirname, join } from 'node:path/posix'
import { mask } from './mask.ts'

export interface Import {
  /** As written: `../clock.ts`, `node:net`, `commander`. */
  readonly specifier: string
  /** Path from the root of the project, or `null` for a package. */
  readonly file: string | null
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean
}

const statement =
  /\b(import|export)\b(\s+type\b)?((?:(?!\bimport\b)[^'";])*?)(?:\bfrom\s*)?(['"])|\bnew URL\(\s*(?:import\.meta\.url\.endsWith\(\s*['"]\s*['"]\)\s*\?\s*)?(['"])/g

export function importsOf(path: string, source: string): Import[] {
  const masked = mask(source)
  const found: Import[] = []
  for (const match of masked.matchAll(statement)) {
    const [text, word, type, clause = '', , url] = match
    if (word !== undefined && !isImport(word, clause, text)) continue
    const quoteAt = match.index + text.length - 1
    const quote = source[quoteAt] as string
    const specifier = source.slice(quoteAt + 1, source.indexOf(quote, quoteAt + 1))
    // Whatever a URL names is no import unless it is a file of ours.
    if (url !== undefined && !/^\.\.?\/.*\.ts$/.test(specifier)) continue
    found.push({ specifier, file: resolve(path, specifier), typeOnly: type !== undefined || onlyTypes(clause) })
  }
  return found
}

/** `export const name = '…'` begins like a re-export, and `import.meta.x('…')` like an import. */
function isImport(word: string, clause: string, text: string): boolean {
  if (/^\s*\.\s*meta/.test(clause)) return false
  if (/\bfrom\s*['"]$/.test(text)) return /^[\s\w$,*{}]*$/.test(clause)
  return word === 'import' && /^\s*\(?\s*$/.test(clause)
}

function onlyTypes(clause: string): boolean {
  const names = /^\s*\{([^}]*)\}\s*$/
    .exec(clause)?.[1]
    ?.split(',')
    .map((name) => name.trim())
  const named = names?.filter((name) => name !== '') ?? []
  return named.length > 0 && named.every((name) => name.startsWith('type '))
}

function resolve(path: string, specifier: string): string | null {
  return specifier.startsWith('.') ? join(dirname(path), specifier) : null
}
