/**
 * The shape of a zod 4 schema. JSON Schema would be the neutral way, but leaves out what it can't say: `refine`, for
 * one. So the definition itself is read, and every word of it must be one whose meaning is known: an unknown kind,
 * check, option or trait gives null, and the schema alone decides.
 */
import type { Bound, Field, Scalar, Shape } from './shape.ts'

/** The part of zod's internals that is read. */
interface ZodSchema {
  readonly _zod: {
    readonly def: Definition
    readonly traits: ReadonlySet<string>
    readonly values?: ReadonlySet<unknown>
  }
}
type Definition = Readonly<Record<string, unknown>> & { readonly type: string; readonly checks?: readonly ZodSchema[] }

/** The options a kind may have, and the traits: `$ZodString`, `ZodString` and `ZodMiniString` are `String`. */
interface Kind {
  readonly options: readonly string[]
  readonly traits: readonly string[]
  readonly read: (schema: ZodSchema, path: readonly ZodSchema[]) => Shape | null
}

const kinds: Readonly<Record<string, Kind>> = {
  string: { options: [], traits: ['String'], read: (schema) => bounded(schema, lengthBounds, readString) },
  number: {
    options: ['check', 'format'],
    traits: ['Number', 'NumberFormat', 'Check', 'CheckNumberFormat'],
    read: (schema) => bounded(schema, numberBounds, readNumber),
  },
  boolean: { options: [], traits: ['Boolean'], read: (schema) => (isUnchecked(schema) ? { kind: 'boolean' } : null) },
  null: { options: [], traits: ['Null'], read: readLiteral },
  literal: { options: ['values'], traits: ['Literal'], read: readLiteral },
  enum: { options: ['entries'], traits: ['Enum'], read: readLiteral },
  nullable: { options: ['innerType'], traits: ['Nullable'], read: readNullable },
  array: { options: ['element'], traits: ['Array'], read: readArray },
  object: { options: ['shape', 'catchall'], traits: ['Object', 'ObjectJIT'], read: readObject },
}
/** Options that change no value: how a refusal is worded, and whether later checks still run after it. */
const harmless: ReadonlySet<string> = new Set(['type', 'checks', 'error', 'abort'])

/** Nesting beyond this is unusual enough to be left alone; a schema that contains itself ends here too. */
const deepest = 32

/** @returns null for what is not zod 4, or not plain */
export function shapeOfZod(schema: unknown): Shape | null {
  return isZod(schema) ? readShape(schema, []) : null
}

function isZod(schema: unknown): schema is ZodSchema {
  const isOne = (typeof schema === 'object' || typeof schema === 'function') && schema !== null && '_zod' in schema
  const { version, def, traits } = ((isOne && schema._zod) || {}) as Readonly<Record<string, unknown>>
  return (version as { readonly major?: unknown })?.major === 4 && typeof def === 'object' && traits instanceof Set
}

function readShape(schema: unknown, path: readonly ZodSchema[]): Shape | null {
  if (!isZod(schema) || path.length > deepest || path.includes(schema)) return null
  const { def, traits } = schema._zod
  const kind = Object.hasOwn(kinds, def.type) ? kinds[def.type]! : null
  if (kind === null || !hasOnly(kind, def, traits)) return null
  return kind.read(schema, [...path, schema])
}

function hasOnly(kind: Pick<Kind, 'options' | 'traits'>, def: Definition, traits: ReadonlySet<string>): boolean {
  const options = Object.keys(def).every((option) => harmless.has(option) || kind.options.includes(option))
  return options && [...traits].every((trait) => isTrait(trait, kind.traits))
}

function isTrait(trait: string, known: readonly string[]): boolean {
  const bare = trait.replace(/^(?:\$Zod|_Zod|ZodMini|Zod)/, '')
  return bare === 'Type' || known.includes(bare)
}

function isUnchecked({ _zod: { def } }: ZodSchema): boolean {
  return (def.checks ?? []).length === 0
}

const readString = (lengths: readonly Bound[]): Shape => ({ kind: 'string', lengths })
const readNumber = (bounds: readonly Bound[]): Shape => ({ kind: 'number', bounds })

function readLiteral(schema: ZodSchema): Shape | null {
  const values = schema._zod.values
  if (!isUnchecked(schema) || values === undefined || ![...values].every(isScalar)) return null
  return { kind: 'literal', values: new Set(values) as ReadonlySet<Scalar> }
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

function readNullable(schema: ZodSchema, path: readonly ZodSchema[]): Shape | null {
  const inner = isUnchecked(schema) ? readShape(schema._zod.def.innerType, path) : null
  return inner && { kind: 'nullable', inner }
}

function readArray(schema: ZodSchema, path: readonly ZodSchema[]): Shape | null {
  const item = readShape(schema._zod.def.element, path)
  return item && bounded(schema, lengthBounds, (lengths) => ({ kind: 'array', item, lengths }))
}

function readObject(schema: ZodSchema, path: readonly ZodSchema[]): Shape | null {
  const { shape, catchall } = schema._zod.def
  if (!isUnchecked(schema) || Object.getOwnPropertySymbols(shape).length > 0) return null
  const fields = Object.entries(shape as Readonly<Record<string, unknown>>).map(([name, field]) =>
    readField(name, field, path),
  )
  if (fields.includes(null)) return null
  return { kind: 'object', fields: fields as Field[], undeclared: catchall === undefined ? 'vanish' : 'abstain' }
}

/** A name that every object inherits is never quite absent, and `__proto__` zod leaves out. */
function readField(name: string, schema: unknown, path: readonly ZodSchema[]): Field | null {
  if (name in Object.prototype || !isZod(schema)) return null
  const { def, traits } = schema._zod
  if (def.type !== 'optional') return fieldOf(name, readShape(schema, path), false)
  const known = { options: ['innerType'], traits: ['Optional', 'ExactOptional'] }
  if (!hasOnly(known, def, traits) || !isUnchecked(schema)) return null
  return fieldOf(name, readShape(def.innerType, path), true)
}

const fieldOf = (name: string, shape: Shape | null, optional: boolean): Field | null =>
  shape && { name, shape, optional }

type ReadBounds = (check: Definition) => readonly Bound[] | null

/** A schema's own format (`z.int()`) is a check like those that were added to it. */
function bounded(
  { _zod: { def } }: ZodSchema,
  read: ReadBounds,
  make: (bounds: readonly Bound[]) => Shape,
): Shape | null {
  const checks = (def.checks ?? []).map(({ _zod }) => _zod.def)
  const bounds = ('check' in def ? [def, ...checks] : checks).map(read)
  return bounds.includes(null) ? null : make((bounds as (readonly Bound[])[]).flat())
}

const int32 = 2 ** 31
const formats: Readonly<Record<string, readonly Bound[]>> = {
  safeint: [{ is: 'integer', limit: 0 }],
  int32: [
    { is: 'integer', limit: 0 },
    { is: 'at least', limit: -int32 },
    { is: 'below', limit: int32 },
  ],
  uint32: [
    { is: 'integer', limit: 0 },
    { is: 'at least', limit: 0 },
    { is: 'below', limit: 2 * int32 },
  ],
  float64: [],
}

function numberBounds({ check, value, inclusive, format, when }: Definition): readonly Bound[] | null {
  if (when !== undefined) return null
  if (check === 'number_format') return (Object.hasOwn(formats, String(format)) && formats[String(format)]) || null
  if (typeof value !== 'number') return null
  if (check === 'greater_than') return [{ is: inclusive === true ? 'at least' : 'above', limit: value }]
  if (check === 'less_than') return [{ is: inclusive === true ? 'at most' : 'below', limit: value }]
  return null
}

/** Lengths of texts are counted in code points, of ASCII in characters: other texts with bounds are left to the schema. */
function lengthBounds({ check, minimum, maximum, length }: Definition): readonly Bound[] | null {
  if (check === 'min_length' && typeof minimum === 'number') return [{ is: 'at least', limit: minimum }]
  if (check === 'max_length' && typeof maximum === 'number') return [{ is: 'at most', limit: maximum }]
  if (check !== 'length_equals' || typeof length !== 'number') return null
  return [
    { is: 'at least', limit: length },
    { is: 'at most', limit: length },
  ]
}
