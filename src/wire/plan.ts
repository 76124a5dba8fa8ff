/** Compiles a struct of the schema language, for one version, into an encoder and a decoder; each is made once. */
import { fallbackOf, isSame } from './fallback.ts'
import { primitiveCodec } from './primitives.ts'
import type { Reader } from './reader.ts'
import { Field, type Shape, type Struct, Type } from './schema.ts'
import type { Codec } from './shape-codec.ts'
import { WireError } from './wire-error.ts'
import { Writer } from './writer.ts'

/** What the shapes of one message have in common. */
export interface Dialect {
  readonly version: number
  readonly flexible: boolean
}

type Values = Record<string, unknown>

const plans = new WeakMap<Struct, Map<number, Codec>>()

/** The codec of a struct in a version; compiled at the first call. */
export function planOf(struct: Struct, dialect: Dialect): Codec {
  let known = plans.get(struct)
  if (known === undefined) {
    known = new Map()
    plans.set(struct, known)
  }
  const key = dialect.version * 2 + (dialect.flexible ? 1 : 0)
  let plan = known.get(key)
  if (plan === undefined) {
    plan = structCodec(struct, dialect)
    known.set(key, plan)
  }
  return plan
}

function codecOf(shape: Shape, dialect: Dialect): Codec {
  if (!(shape instanceof Type)) return planOf(shape, dialect)
  const { node } = shape
  switch (node.kind) {
    case 'primitive':
      return primitiveCodec(node.name, dialect.flexible)
    case 'array':
      return arrayCodec(codecOf(node.element, dialect), dialect.flexible)
    case 'nullable':
      return node.from > dialect.version ? codecOf(node.of, dialect) : nullableCodec(codecOf(node.of, dialect))
  }
}

function nullableCodec(of: Codec): Codec {
  const { nulls } = of
  // A struct says by a byte in front whether it is there; everything else has a length that can be null.
  if (nulls === null) return nullableStructCodec(of)
  return {
    write: (out, value) => (value === null ? nulls.write(out) : of.write(out, value)),
    read: nulls.read,
    nulls,
  }
}

function nullableStructCodec(of: Codec): Codec {
  return {
    write(out, value) {
      out.int8(value === null ? -1 : 1)
      if (value !== null) of.write(out, value)
    },
    read: (from) => (from.int8() < 0 ? null : of.read(from)),
    nulls: null,
  }
}

function arrayCodec(element: Codec, flexible: boolean): Codec {
  const readLength = (from: Reader): number => (flexible ? from.unsigned() - 1 : from.int32())
  const readOrNull = (from: Reader): unknown[] | null => {
    const length = readLength(from)
    if (length < 0) return null
    // Every element takes at least a byte.
    if (length > from.left) throw new WireError('invalid-length', `a list of ${length} in ${from.left} bytes`)
    const values: unknown[] = []
    for (let index = 0; index < length; index++) values.push(element.read(from))
    return values
  }
  return {
    write(out, value) {
      if (!Array.isArray(value)) throw new WireError('invalid-value', `a list expected, not ${String(value)}`)
      if (flexible) out.unsigned(value.length + 1)
      else out.int32(value.length)
      for (const each of value) element.write(out, each)
    },
    read(from) {
      const values = readOrNull(from)
      if (values === null) throw new WireError('invalid-value', 'a list must not be null')
      return values
    },
    nulls: { write: (out) => (flexible ? out.unsigned(0) : out.int32(-1)), read: readOrNull },
  }
}

/** A field as one version has it. */
interface Member {
  readonly name: string
  readonly codec: Codec
  /** What absence means; null when every version carries the field. */
  readonly fallback: (() => unknown) | null
  /** -1 when not tagged. */
  readonly tag: number
  readonly ignorable: boolean
  readonly carried: boolean
}

function memberOf(name: string, entry: Shape | Field<unknown, unknown>, dialect: Dialect): Member {
  if (!(entry instanceof Field)) {
    return { name, codec: codecOf(entry, dialect), fallback: null, tag: -1, ignorable: false, carried: true }
  }
  const { type, tag, ignorable } = entry
  const carried = dialect.version >= entry.from && dialect.version <= entry.to && (tag < 0 || dialect.flexible)
  return { name, codec: codecOf(type, dialect), fallback: fallbackOf(type, entry.fallback), tag, ignorable, carried }
}

function structCodec(struct: Struct, dialect: Dialect): Codec {
  const members = Object.entries(struct).map(([name, entry]) => memberOf(name, entry, dialect))
  const tags = members.filter(({ carried, tag }) => carried && tag >= 0).sort((one, other) => one.tag - other.tag)
  const absent = members.filter(({ carried, ignorable }) => !carried && !ignorable)
  const plain = members.filter(({ carried, tag }) => carried && tag < 0)
  return {
    write(out, value) {
      if (typeof value !== 'object' || value === null) throw new WireError('invalid-value', 'a struct must not be null')
      const values = value as Values
      for (const member of absent) refuse(member, values, dialect)
      for (const member of plain) writeMember(member, out, values)
      if (dialect.flexible) writeTags(tags, out, values)
    },
    read(from) {
      const values: Values = {}
      for (const { carried, tag, name, codec, fallback } of members) {
        values[name] = fallback === null || (carried && tag < 0) ? codec.read(from) : fallback()
      }
      if (dialect.flexible) readTags(tags, from, values)
      return values
    },
    nulls: null,
  }
}

/** Whether a field says no more than its absence would. */
function isSilent({ name, fallback }: Member, values: Values): boolean {
  return values[name] === undefined || (fallback !== null && isSame(values[name], fallback()))
}

/** A value must not get lost because the version has no room for it. */
function refuse(member: Member, values: Values, { version }: Dialect): void {
  if (isSilent(member, values)) return
  throw new WireError('unsupported-field', `version ${version} cannot carry ${member.name}`)
}

function writeMember({ name, codec, fallback }: Member, out: Writer, values: Values): void {
  const value = values[name] === undefined ? fallback?.() : values[name]
  if (value === undefined) throw new WireError('invalid-value', `${name} is missing`)
  codec.write(out, value)
}

function writeTags(tags: readonly Member[], out: Writer, values: Values): void {
  const present = tags.filter((member) => !isSilent(member, values))
  out.unsigned(present.length)
  for (const { tag, codec, name } of present) {
    const content = new Writer(64)
    codec.write(content, values[name])
    out.unsigned(tag)
    out.unsigned(content.length)
    out.append(content)
  }
}

/** Tags that are not known belong to a later minor version and are skipped. */
function readTags(tags: readonly Member[], from: Reader, values: Values): void {
  for (let left = from.unsigned(); left > 0; left--) {
    const tag = from.unsigned()
    const content = from.sub(from.unsigned())
    const member = tags.find((each) => each.tag === tag)
    if (member !== undefined) values[member.name] = member.codec.read(content)
  }
}
