/** TypeScript without its words: comments, strings and regular expressions become spaces, so that text is not taken for code. */

const regexMayFollow = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|await|yield))$/

/** Same length and same lines as `source`. Quotes and slashes stay, what is between them goes; `${…}` in a template stays code. */
export function mask(source: string): string {
  const kept = source.split('')
  blankFrom(source, kept, 0, false)
  return kept.join('')
}

/** Goes on to the end, or inside a template to the brace that closes its expression. Returns where it stopped. */
function blankFrom(source: string, kept: string[], start: number, inTemplate: boolean): number {
  let depth = 0
  let at = start
  while (at < source.length) {
    const word = wordAt(source, kept, at)
    if (word === 'template') at = blankTemplate(source, kept, at)
    else if (word !== null) at = blank(kept, at + word.skip, endOf(source, at, word)) + word.skip
    else {
      if (source[at] === '{') depth++
      if (source[at] === '}' && --depth < 0 && inTemplate) return at
      at++
    }
  }
  return at
}

interface Word {
  /** How many characters at either end are kept: the quotes, the slashes. */
  readonly skip: 0 | 1
  readonly end: 'line' | 'comment' | 'string' | 'regex'
}

function wordAt(source: string, kept: readonly string[], at: number): Word | 'template' | null {
  const two = source.slice(at, at + 2)
  if (two === '//' || (two === '#!' && at === 0)) return { skip: 0, end: 'line' }
  if (two === '/*') return { skip: 0, end: 'comment' }
  const letter = source[at]
  if (letter === '`') return 'template'
  if (letter === "'" || letter === '"') return { skip: 1, end: 'string' }
  if (letter !== '/') return null
  const before = kept
    .slice(Math.max(0, at - 200), at)
    .join('')
    .trimEnd()
  return regexMayFollow.test(before) ? { skip: 1, end: 'regex' } : null
}

/** Where the last kept character, or the first behind the word, stands. */
function endOf(source: string, at: number, word: Word): number {
  if (word.end === 'line') return indexOr(source.indexOf('\n', at), source.length)
  if (word.end === 'comment') return indexOr(source.indexOf('*/', at + 2) + 2, source.length, 2)
  const quote = source[at]
  let inClass = false
  for (let end = at + 1; end < source.length; end++) {
    if (source[end] === '\\') end++
    else if (word.end === 'regex' && source[end] === '[') inClass = true
    else if (word.end === 'regex' && source[end] === ']') inClass = false
    else if (source[end] === quote && !inClass) return end
  }
  return source.length
}

function indexOr(found: number, otherwise: number, least = 0): number {
  return found < least ? otherwise : found
}

function blankTemplate(source: string, kept: string[], start: number): number {
  let at = start + 1
  while (at < source.length && source[at] !== '`') {
    if (source[at] === '\\') at = blank(kept, at, at + 2)
    else if (source.startsWith('${', at)) {
      const close = blankFrom(source, kept, at + 2, true)
      blank(kept, at, at + 2)
      at = blank(kept, close, close + 1)
    } else at = blank(kept, at, at + 1)
  }
  return at + 1
}

function blank(kept: string[], from: number, to: number): number {
  for (let at = from; at < to && at < kept.length; at++) if (kept[at] !== '\n') kept[at] = ' '
  return to
}
