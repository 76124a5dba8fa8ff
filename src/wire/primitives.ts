/** How each primitive is written and read, in classic and in compact (flexible) form. */
import type { Reader } from './reader.ts'
import type { Primitive } from './schema.ts'
import type { Codec } from './shape-codec.ts'
import { WireError } from './wire-error.ts'
import type { Writer } from './writer.ts'

/** The codec of a primitive; only texts, bytes and record sets depend on `flexible`. */
export function primitiveCodec(name: Primitive, flexible: boolean): Codec {
  const kind = flexible ? compact : classic
  return kind[name as keyof typeof kind] ?? fixed[name as keyof typeof fixed]
}

function number(name: 'int8' | 'int16' | 'int32' | 'int64' | 'uint16' | 'uint32' | 'float64'): Codec {
  return { write: (out, value) => out[name](value as number), read: (from) => from[name](), nulls: null }
}

const uuidSize = 16

const fixed = {
  bool: { write: (out, value) => out.int8(value ? 1 : 0), read: (from) => from.int8() !== 0, nulls: null },
  int8: number('int8'),
  int16: number('int16'),
  int32: number('int32'),
  int64: number('int64'),
  uint16: number('uint16'),
  uint32: number('uint32'),
  float64: number('float64'),
  uuid: {
    write(out, value) {
      const raw = Buffer.from(value as string, 'base64url')
      if (raw.length !== uuidSize) throw new WireError('invalid-value', `${String(value)} is not a uuid`)
      out.raw(raw)
    },
    read: (from) => from.slice(uuidSize).toString('base64url'),
    nulls: null,
  },
} satisfies Partial<Record<Primitive, Codec>>

/** Kafka takes no longer ones, whichever way their length is written: what it keeps of them has an int16 for it. */
const longestText = 0x7fff

/** How the length of a text or of bytes is written; -1 is null. */
interface Lengths {
  write(out: Writer, length: number): void
  read(from: Reader): number
}

const short: Lengths = { write: (out, length) => out.int16(length), read: (from) => from.int16() }
const long: Lengths = { write: (out, length) => out.int32(length), read: (from) => from.int32() }
const unsigned: Lengths = {
  write: (out, length) => out.unsigned(length + 1),
  read: (from) => from.unsigned() - 1,
}

/** What has a length in front, which can say that it is null. */
function measured(lengths: Lengths, write: Codec['write'], take: (from: Reader, length: number) => unknown): Codec {
  const readOrNull = (from: Reader): unknown => {
    const length = lengths.read(from)
    return length === -1 ? null : take(from, length)
  }
  return {
    write,
    read(from) {
      const value = readOrNull(from)
      if (value === null) throw new WireError('invalid-value', 'a value must not be null')
      return value
    },
    nulls: { write: (out) => lengths.write(out, -1), read: readOrNull },
  }
}

function textCodec(lengths: Lengths): Codec {
  const write = (out: Writer, value: unknown): void => {
    if (typeof value !== 'string') throw new WireError('invalid-value', `a text expected, not ${String(value)}`)
    const length = Buffer.byteLength(value)
    lengths.write(out, length)
    out.text(value, length)
  }
  return measured(lengths, write, (from, length) => {
    const text = from.text(length)
    if (length > longestText) throw new WireError('invalid-length', `a text of ${length} bytes`)
    return text
  })
}

function bytesCodec(lengths: Lengths): Codec {
  const write = (out: Writer, value: unknown): void => {
    if (!(value instanceof Uint8Array)) throw new WireError('invalid-value', 'bytes expected')
    lengths.write(out, value.length)
    out.payload(value)
  }
  return measured(lengths, write, (from, length) => from.slice(length))
}

/** Record sets may be null, and may be given in pieces that follow each other in the log. */
function recordsCodec(lengths: Lengths): Codec {
  const nulls = {
    write: (out: Writer) => lengths.write(out, -1),
    read(from: Reader) {
      const length = lengths.read(from)
      return length === -1 ? null : from.slice(length)
    },
  }
  return {
    write(out, value) {
      if (value === null) return nulls.write(out)
      const pieces: readonly Uint8Array[] = Array.isArray(value) ? value : [value]
      lengths.write(
        out,
        pieces.reduce((total, piece) => total + piece.length, 0),
      )
      for (const piece of pieces) out.payload(piece)
    },
    read: nulls.read,
    nulls,
  }
}

const classic = { string: textCodec(short), bytes: bytesCodec(long), records: recordsCodec(long) }
const compact = { string: textCodec(unsigned), bytes: bytesCodec(unsigned), records: recordsCodec(unsigned) }
