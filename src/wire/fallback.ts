/** Values that stand for what a version does not carry. */
import { Field, type Primitive, type Shape, type Struct, Type, zeroUuid } from './schema.ts'

const zeros: Record<Primitive, () => unknown> = {
  bool: () => false,
  int8: () => 0,
  int16: () => 0,
  int32: () => 0,
  int64: () => 0,
  uint16: () => 0,
  uint32: () => 0,
  float64: () => 0,
  string: () => '',
  bytes: () => Buffer.alloc(0),
  uuid: () => zeroUuid,
  records: () => null,
}

/**
 * Makes fallbacks: the value given, or the zero of the type (false, 0, '', [], null where allowed). Lists and structs
 * are fresh each time, since whoever receives them may change them.
 */
export function fallbackOf(shape: Shape, given: unknown): () => unknown {
  const value = given === undefined ? zeroOf(shape) : given
  return typeof value === 'object' && value !== null ? () => copyOf(value) : () => value
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf)
  if (value instanceof Uint8Array) return Buffer.from(value)
  const copy: Record<string, unknown> = {}
  for (const [name, each] of Object.entries(value)) copy[name] = copyOf(each)
  return copy
}

function zeroOf(shape: Shape): unknown {
  if (!(shape instanceof Type)) return zeroOfStruct(shape)
  const { node } = shape
  switch (node.kind) {
    case 'primitive':
      return zeros[node.name]()
    case 'array':
      return []
    case 'nullable':
      return null
  }
}

function zeroOfStruct(struct: Struct): unknown {
  const values: Record<string, unknown> = {}
  for (const [name, entry] of Object.entries(struct)) {
    values[name] = entry instanceof Field ? fallbackOf(entry.type, entry.fallback)() : zeroOf(entry)
  }
  return values
}

/** Whether a given value says no more than the fallback does; fields left out of it count as equal. */
export function isSame(value: unknown, fallback: unknown): boolean {
  if (value === undefined || value === fallback) return true
  if (value === null || fallback === null || typeof value !== 'object' || typeof fallback !== 'object') return false
  if (value instanceof Uint8Array) return fallback instanceof Uint8Array && Buffer.compare(value, fallback) === 0
  const names = new Set([...Object.keys(value), ...Object.keys(fallback)])
  for (const name of names) {
    if (!isSame((value as Record<string, unknown>)[name], (fallback as Record<string, unknown>)[name])) return false
  }
  return !Array.isArray(value) || value.length === (fallback as unknown[]).length
}
