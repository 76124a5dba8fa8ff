/** A reader for each kind of shape. */
import { readNumber } from './numbers.ts'
import { objectReader } from './object-reader.ts'
import { peek, type Read, type Reader, skipSpace, take } from './reader.ts'
import { type Shape, within } from './shape.ts'
import { readScalar, takeWord } from './skip.ts'
import { readString } from './strings.ts'

/** What reads values of a shape; exactly as the schema would, or not at all. */
export function readerOf(shape: Shape): Read {
  switch (shape.kind) {
    case 'string':
      return stringReader(within(shape.lengths))
    case 'number':
      return numberReader(within(shape.bounds))
    case 'boolean':
      return readBoolean
    case 'literal':
      return literalReader(shape.values)
    case 'nullable':
      return nullableReader(readerOf(shape.inner))
    case 'array':
      return arrayReader(readerOf(shape.item), within(shape.lengths))
    case 'object':
      return objectReader(shape, readerOf)
  }
}

type Accepts = ((value: number) => boolean) | null

function stringReader(accepts: Accepts): Read {
  if (accepts === null) return readString
  return (reader) => {
    const start = reader.at
    const value = readString(reader)
    if (value === undefined || reader.at - start - 2 !== value.length) return undefined
    return accepts(value.length) ? value : undefined
  }
}

function numberReader(accepts: Accepts): Read {
  if (accepts === null) return readNumber
  return (reader) => {
    const value = readNumber(reader)
    return value !== undefined && accepts(value) ? value : undefined
  }
}

function readBoolean(reader: Reader): boolean | undefined {
  const isTrue = peek(reader) === 0x74
  return takeWord(reader, isTrue ? 'true' : 'false') ? isTrue : undefined
}

function literalReader(values: ReadonlySet<unknown>): Read {
  return (reader) => {
    const value = readScalar(reader)
    return values.has(value) ? value : undefined
  }
}

function nullableReader(inner: Read): Read {
  return (reader) => {
    if (peek(reader) !== 0x6e) return inner(reader)
    return takeWord(reader, 'null') ? null : undefined
  }
}

function arrayReader(item: Read, accepts: Accepts): Read {
  return (reader) => {
    const items = take(reader, 0x5b) ? readItems(reader, item) : undefined
    return items !== undefined && (accepts === null || accepts(items.length)) ? items : undefined
  }
}

function readItems(reader: Reader, item: Read): unknown[] | undefined {
  const items: unknown[] = []
  skipSpace(reader)
  if (take(reader, 0x5d)) return items
  for (;;) {
    skipSpace(reader)
    const value = item(reader)
    if (value === undefined) return undefined
    items.push(value)
    skipSpace(reader)
    if (take(reader, 0x5d)) return items
    if (!take(reader, 0x2c)) return undefined
  }
}
