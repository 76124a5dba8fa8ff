/**
 * What avsc reads generously is refused: text that isn't UTF-8 (it would hold U+FFFD), an int beyond 32 bits, a long
 * that a double would round. A map is made of own properties, whatever its keys are called.
 */
import { isUtf8 } from 'node:buffer'
import avsc, { type Type } from 'avsc'

/** What avsc reads from. */
interface Tap {
  readonly buf: Buffer
  readonly pos: number
  readString(): string | undefined
  readLong(): number
  skipLong(): void
}
/** The parts of a type that avsc's own reading is made of. */
interface Inside {
  readonly typeName: string
  _read(tap: Tap): unknown
  _update(resolver: { _read: Inside['_read'] }, writer: Inside, options: unknown): void
}

/** The type of a schema, all of whose parts are strict. @throws Error for a schema that avsc refuses */
export function strictType(schema: avsc.Schema): Type {
  const inHand = new Set<unknown>()
  const typeHook = (part: avsc.Schema, options: avsc.ForSchemaOptions): Type | undefined => {
    const rules = rulesOf(part)
    if (rules === undefined || inHand.has(part)) return undefined
    inHand.add(part)
    const lenient = avsc.Type.forSchema(part, options)
    inHand.delete(part)
    // avsc freezes its types: the strict one stands in front of it.
    return Object.assign(Object.create(lenient), rules) as Type
  }
  return avsc.Type.forSchema(schema, { omitRecordMethods: true, typeHook: typeHook as never })
}

type Rules = Partial<Pick<Inside, '_read' | '_update'>>

const strictly: Readonly<Record<string, Rules>> = {
  string: { _read: readText },
  int: { _read: readInt },
  float: { _update: readLongsExactly },
  double: { _update: readLongsExactly },
  map: { _read: readMap },
}

/** avsc makes an object of a primitive's name before it makes the type. */
function rulesOf(schema: avsc.Schema): Rules | undefined {
  const name = typeof schema === 'object' && 'type' in schema ? schema.type : undefined
  return typeof name === 'string' && Object.hasOwn(strictly, name) ? strictly[name] : undefined
}

function readText(tap: Tap): string | undefined {
  const text = tap.readString()
  // Beyond the end avsc says itself that the bytes are cut off. U+FFFD stands where bytes are wrong, or rightly.
  if (text?.includes('\uFFFD') && !isTextBefore(tap, text)) throw new RangeError('a text is not UTF-8')
  return text
}

/** Bytes that are not UTF-8 never give themselves back. */
function isTextBefore({ buf, pos }: Tap, text: string): boolean {
  const start = pos - Buffer.byteLength(text)
  return start >= 0 && isUtf8(buf.subarray(start, pos)) && buf.toString('utf8', start, pos) === text
}

function readInt(tap: Tap): number {
  const value = tap.readLong()
  if (value !== (value | 0)) throw new RangeError('an int has more than 32 bits')
  return value
}

function readExactLong(tap: Tap): number {
  const value = tap.readLong()
  if (!Number.isSafeInteger(value)) throw new RangeError('a long would be rounded')
  return value
}

function readLongsExactly(this: Inside, ...[resolver, writer, options]: Parameters<Inside['_update']>): void {
  const lenient = Object.getPrototypeOf(this) as Inside
  lenient._update.call(this, resolver, writer, options)
  if (writer.typeName === 'long') resolver._read = readExactLong
}

/** Called on a type or on a resolver: both know how its values are read. */
function readMap(this: unknown, tap: Tap): unknown {
  const { valuesType } = this as { readonly valuesType: Inside }
  const map: Record<string, unknown> = {}
  for (let count = blockSize(tap); count !== 0; count = blockSize(tap))
    while (count-- > 0) define(map, readText(tap) ?? '', valuesType._read(tap))
  return map
}

/** A property of its own, also where assigning would change the prototype. */
function define(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value
  else Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true })
}

/** With a negative count the size of the block follows; what it says was checked before. */
function blockSize(tap: Tap): number {
  const count = tap.readLong()
  if (count >= 0) return count
  tap.skipLong()
  return -count
}
