/**
 * Writes plain values as JSON straight into a buffer, byte for byte what `encodeJson` gives; whatever that would refuse,
 * or could write otherwise than expected here, is left to it. Needs no schema: it learns the keys from the values.
 */
import { Learned } from './learned.ts'
import { compileTemplate, type Write } from './template.ts'
import { Views } from './views.ts'
import { writeNumber } from './write-numbers.ts'
import { writeString } from './write-strings.ts'

/** @returns where it ends; -1 where `encodeJson` has to decide or the buffer is too small: nothing counts then */
export type FastWrite = (value: unknown, bytes: Buffer, at: number) => number

/** Objects at one place of a value have a few sets of keys; where more turn up, code for each would not be used again. */
const mostTemplates = 4
const mostLessons = 1_000
/** A cycle ends here as well. */
const deepest = 32

const views = new Views()

/** @example fastWriter()({ id: 7 }, buffer, 0) // 8, the length of {"id":7} */
export function fastWriter(): FastWrite {
  const write = writerOf()
  return (value, bytes, at) => write(value, bytes, views.of(bytes), at, deepest)
}

/** For the values at one place: a field's, or the items of an array. What they are made of is met when they come. */
function writerOf(): Write {
  let writeObject: Write | undefined
  let writeItem: Write | undefined
  return (value, bytes, view, at, depth) => {
    if (typeof value === 'string') return writeString(bytes, at, value)
    if (typeof value === 'number') return writeNumber(bytes, at, value)
    if (typeof value !== 'object' || value === null) return writeWord(value, bytes, at)
    if (depth === 0 || (value as { readonly toJSON?: unknown }).toJSON !== undefined) return -1
    if (Array.isArray(value)) {
      writeItem ??= writerOf()
      return writeItems(writeItem, value, bytes, view, at, depth - 1)
    }
    if (Object.getPrototypeOf(value) !== Object.prototype) return -1
    writeObject ??= objectWriter()
    return writeObject(value, bytes, view, at, depth - 1)
  }
}

/** Null and truth; what else there is (undefined, functions, bigints) is not for here. */
function writeWord(value: unknown, bytes: Buffer, at: number): number {
  const word = value === null || typeof value === 'boolean' ? String(value) : null
  if (word === null || at + word.length > bytes.length) return -1
  for (let index = 0; index < word.length; index++) bytes[at + index] = word.charCodeAt(index)
  return at + word.length
}

function writeItems(
  writeItem: Write,
  items: readonly unknown[],
  bytes: Buffer,
  view: DataView,
  start: number,
  depth: number,
): number {
  let at = start
  if (at + 2 > bytes.length) return -1
  bytes[at++] = 0x5b
  for (let index = 0; index < items.length; index++) {
    if (index > 0) bytes[at++] = 0x2c
    at = writeItem(items[index], bytes, view, at, depth)
    if (at < 0 || at >= bytes.length) return -1
  }
  bytes[at] = 0x5d
  return at + 1
}

function objectWriter(): Write {
  const templates = new Learned<Write>(mostTemplates, mostLessons)
  return (value, bytes, view, at, depth) => {
    for (const write of templates.known) {
      const end = write(value, bytes, view, at, depth)
      if (end >= 0) return end
    }
    if (templates.wantsMore()) {
      const names = Object.keys(value as object)
      templates.see(JSON.stringify(names), () => compileTemplate(names, names.map(writerOf)))
    }
    return -1
  }
}
