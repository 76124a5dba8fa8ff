/** Random values of a shape, made from the schema itself: only what the version carries, optional fields now and then. */
import fc from 'fast-check'
import { Field, type Primitive, type Shape, type Struct, Type } from '../../src/wire/schema.ts'

export interface SampleOptions {
  readonly version: number
  readonly flexible: boolean
  /** Fewest elements of a list; 0 by default. */
  readonly minLength?: number
}

const integer = (bits: number): fc.Arbitrary<number> =>
  fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }))
const natural = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** Math.min(bits, 31) - 1 })
const binary = (size: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: size, maxLength: size === 0 ? 24 : size }).map((bytes) => Buffer.from(bytes))

const primitives: Record<Primitive, fc.Arbitrary<unknown>> = {
  bool: fc.boolean(),
  int8: integer(8),
  int16: integer(16),
  int32: integer(32),
  int64: fc.oneof(fc.constantFrom(-1, 0, 2 ** 32), fc.maxSafeInteger()),
  uint16: natural(16),
  uint32: natural(32),
  float64: fc.double({ noNaN: true }),
  string: fc.string({ unit: 'grapheme', maxLength: 8 }),
  bytes: binary(0),
  uuid: binary(16).map((bytes) => bytes.toString('base64url')),
  records: fc.oneof(fc.constant(null), binary(0)),
}

/** Values that encoding accepts, complete but for fields that may be left out. */
export function samplesOf(shape: Shape, options: SampleOptions): fc.Arbitrary<unknown> {
  if (!(shape instanceof Type)) return structSamples(shape, options)
  const { node } = shape
  switch (node.kind) {
    case 'primitive':
      return primitives[node.name]
    case 'array':
      return fc.array(samplesOf(node.element, options), { minLength: options.minLength ?? 0, maxLength: 2 })
    case 'nullable': {
      const present = samplesOf(node.of, options)
      return options.version < node.from ? present : fc.oneof(present, fc.constant(null))
    }
  }
}

function structSamples(struct: Struct, options: SampleOptions): fc.Arbitrary<unknown> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {}
  const required: string[] = []
  for (const [name, entry] of Object.entries(struct)) {
    if (!(entry instanceof Field)) {
      fields[name] = samplesOf(entry, options)
      required.push(name)
    } else if (carries(entry, options)) {
      fields[name] = samplesOf(entry.type, options)
      if (entry.tag < 0) required.push(name)
    }
  }
  return fc.record(fields, { requiredKeys: required })
}

/** Whether a version has the field. */
export function carries({ from, to, tag }: Field<unknown, unknown>, { version, flexible }: SampleOptions): boolean {
  return version >= from && version <= to && (tag < 0 || flexible)
}
