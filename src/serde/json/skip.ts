/** Values that nobody declared: never built, but they have to be JSON that the strict way would let through. */
import { readNumber } from './numbers.ts'
import { peek, type Reader, skipSpace, take } from './reader.ts'
import { readString, skipString } from './strings.ts'

/** Nesting beyond this is left to the strict way, which has its own limit. */
const deepest = 32

const words: readonly (readonly [word: string, value: boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

/** False where it abstains. */
export function skipValue(reader: Reader, depth = deepest): boolean {
  switch (peek(reader)) {
    case 0x22:
      return skipString(reader)
    case 0x7b:
      return depth > 0 && skipMembers(reader, 0x7d, depth, skipMember)
    case 0x5b:
      return depth > 0 && skipMembers(reader, 0x5d, depth, skipValue)
    default:
      return readScalar(reader) !== undefined
  }
}

type SkipMember = (reader: Reader, depth: number) => boolean

function skipMembers(reader: Reader, close: number, depth: number, skipOne: SkipMember): boolean {
  reader.at++
  skipSpace(reader)
  if (take(reader, close)) return true
  for (;;) {
    skipSpace(reader)
    if (!skipOne(reader, depth - 1)) return false
    skipSpace(reader)
    if (take(reader, close)) return true
    if (!take(reader, 0x2c)) return false
  }
}

function skipMember(reader: Reader, depth: number): boolean {
  if (peek(reader) !== 0x22 || !skipString(reader)) return false
  skipSpace(reader)
  if (!take(reader, 0x3a)) return false
  skipSpace(reader)
  return skipValue(reader, depth)
}

export function readScalar(reader: Reader): string | number | boolean | null | undefined {
  const byte = peek(reader)
  if (byte === 0x22) return readString(reader)
  const found = words.find(([word]) => word.charCodeAt(0) === byte)
  if (found === undefined) return readNumber(reader)
  return takeWord(reader, found[0]) ? found[1] : undefined
}

export function takeWord(reader: Reader, word: string): boolean {
  if (reader.at + word.length > reader.end) return false
  for (let index = 0; index < word.length; index++) {
    if (reader.bytes[reader.at + index] !== word.charCodeAt(index)) return false
  }
  reader.at += word.length
  return true
}
