/** Avro's bytes to values and back, by avsc. */
import type { Schema, Type } from 'avsc'
import { MillraceError, reject, toError } from '../../faults.ts'
import { boundsOf } from './avro-bounds.ts'
import { strictType } from './avro-strict.ts'
import type { WriterSchema } from './source.ts'
import { headerBytes, withHeader } from './wire.ts'

/** Decodes what follows the header in `bytes[start, end)`. */
export type AvroDecode = (bytes: Buffer, start: number, end: number) => unknown

/** @throws MillraceError MR1003 for a schema that avsc refuses */
export function readerTypeOf(schema: unknown): Type {
  try {
    return strictType(schema as Schema)
  } catch (cause) {
    const why = toError(cause).message
    const fix = 'correct the schema; what other subjects define must be written out here'
    throw new MillraceError('fatal', { code: 'MR1003', what: 'The Avro schema is not valid', why, fix }, { cause })
  }
}

/**
 * Reads what was written with one schema as a value of another. A name is the same without its namespace, as the
 * specification has it.
 * @throws reject MR3001 when the one can't be read with the other
 */
export function decoderOf(reader: Type, writer: WriterSchema): AvroDecode {
  if (writer.kind !== 'AVRO') throw reject(`The value was written as ${writer.kind}, not Avro`, { code: 'MR3001' })
  const resolver = resolverOf(reader, writer.type)
  const checkBounds = boundsOf(writer.type)
  return (bytes, start, end) => {
    try {
      checkBounds?.(bytes, start + headerBytes, end)
      return reader.fromBuffer(bytes.subarray(start + headerBytes, end), resolver)
    } catch (cause) {
      throw reject('The bytes are not a value of their schema', { code: 'MR3001', cause })
    }
  }
}

function resolverOf(reader: Type, writer: Type) {
  try {
    return reader.createResolver(writer, { ignoreNamespaces: true })
  } catch (cause) {
    throw reject(`The schema it was written with can't be read with this one: ${toError(cause).message}`, {
      code: 'MR3001',
      cause,
    })
  }
}

let scratch = Buffer.allocUnsafe(1_024)

/** Header and value, in a buffer of its own. @throws reject MR3002 for a value that does not fit the schema */
export function encodeAvro(type: Type, id: number, value: unknown): Buffer {
  const length = writeScratch(type, value)
  const bytes = withHeader(id, length)
  scratch.copy(bytes, headerBytes, 0, length)
  return bytes
}

/** @returns how many bytes the value takes */
function writeScratch(type: Type, value: unknown): number {
  try {
    const end = type.encode(value, scratch, 0)
    if (end >= 0) return end
    // It says how much was missing.
    scratch = Buffer.allocUnsafe(scratch.length - end)
    return type.encode(value, scratch, 0)
  } catch (cause) {
    throw reject(`The value does not fit the schema${placesOf(type, value)}`, { code: 'MR3002', cause })
  }
}

/** Where it does not fit: never the value itself, which may be private. */
function placesOf(type: Type, value: unknown): string {
  const places: string[] = []
  const errorHook = (path: readonly string[]): void => void places.push(path.join('.'))
  try {
    type.isValid(value, { errorHook })
  } catch {
    return ''
  }
  return places[0] ? ` at ${places.slice(0, 3).join(', ')}` : ''
}
