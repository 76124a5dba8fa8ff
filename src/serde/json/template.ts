/** Code that writes objects of known keys: what stands between the values is written as whole words of four bytes. */
import { writeNumber } from './write-numbers.ts'
import { writeString } from './write-strings.ts'

/** @returns where it ends; -1 where it does not fit, or is not for it */
export type Write = (value: unknown, bytes: Buffer, view: DataView, at: number, depth: number) => number

const mostKeys = 100

/** @returns null where code can't be made of text in this process, or too much of it would be needed */
export function compileTemplate(names: readonly string[], writeOther: readonly Write[]): Write | null {
  if (names.length === 0 || names.length > mostKeys) return null
  try {
    const make = new Function('names', 'writeNumber', 'writeString', 'writeOther', codeOf(names))
    return make(names, writeNumber, writeString, writeOther) as Write
  } catch {
    return null
  }
}

/** Names get into the code only within string literals made by `JSON.stringify`, or as numbers. */
function codeOf(names: readonly string[]): string {
  return [
    ...names.map((_, index) => `const writeOther${index} = writeOther[${index}]`),
    'return (value, bytes, view, at, depth) => {',
    // Own keys in order, as `JSON.stringify` would meet them; an inherited one comes behind them and is one too many.
    'let index = 0',
    'for (const name in value) if (name !== names[index++]) return -1',
    `if (index !== ${names.length}) return -1`,
    ...names.map((name, index) => codeOfKey(name, index)),
    'if (at >= bytes.length) return -1',
    'bytes[at] = 125',
    'return at + 1',
    '}',
  ].join('\n')
}

function codeOfKey(name: string, index: number): string {
  const part = `part${index}`
  return `${constant(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)}
  const ${part} = value[${JSON.stringify(name)}]
  if (typeof ${part} === 'number') at = writeNumber(bytes, at, ${part})
  else if (typeof ${part} === 'string') at = writeString(bytes, at, ${part})
  else at = writeOther${index}(${part}, bytes, view, at, depth)
  if (at < 0) return -1`
}

/** Four bytes at a time, the last four overlapping; a brace, two quotes and a colon are four at least. */
function constant(text: string): string {
  const bytes = Buffer.from(text)
  const lines = [`if (at + ${bytes.length} > bytes.length) return -1`]
  for (let at = 0; at < bytes.length; at += 4) {
    const from = Math.min(at, bytes.length - 4)
    lines.push(`view.setInt32(at + ${from}, ${bytes.readInt32LE(from)}, true)`)
  }
  return [...lines, `at += ${bytes.length}`].join('\n')
}
