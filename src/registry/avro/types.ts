/** An Avro schema, parsed: names are full, references to named types are the types themselves. */

export const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
export type PrimitiveName = (typeof primitives)[number]

/** Attributes that Avro gives no meaning, logical types among them. They are kept and never compared. */
export type Extras = Readonly<Record<string, unknown>>

export interface Primitive {
  readonly kind: 'primitive'
  readonly name: PrimitiveName
  readonly extras: Extras
}

interface Named {
  /** With its namespace. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly doc: string | undefined
  readonly extras: Extras
}

export interface Field {
  readonly name: string
  readonly aliases: readonly string[]
  readonly type: AvroType
  /** Undefined where there is none: null is a value. */
  readonly fallback: unknown
  readonly order: string | undefined
  readonly doc: string | undefined
  readonly extras: Extras
}

export interface RecordType extends Named {
  readonly kind: 'record'
  readonly isError: boolean
  /** Filled while the type is parsed: a field may be of the type itself. */
  readonly fields: Field[]
}

export interface EnumType extends Named {
  readonly kind: 'enum'
  readonly symbols: readonly string[]
  readonly fallback: string | undefined
}

export interface FixedType extends Named {
  readonly kind: 'fixed'
  readonly size: number
}

export interface ArrayType {
  readonly kind: 'array'
  readonly items: AvroType
  readonly extras: Extras
}

export interface MapType {
  readonly kind: 'map'
  readonly values: AvroType
  readonly extras: Extras
}

export interface UnionType {
  readonly kind: 'union'
  readonly branches: readonly AvroType[]
}

export type NamedType = RecordType | EnumType | FixedType
export type AvroType = Primitive | NamedType | ArrayType | MapType | UnionType

/** What stands in place of a type in a message, and tells the branches of a union apart. */
export function typeName(type: AvroType): string {
  return 'name' in type ? type.name : type.kind
}

/** The name without its namespace. */
export function shortName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf('.') + 1)
}

/** The namespace of a full name, empty where it has none. */
export function namespaceOf(fullName: string): string {
  return fullName.slice(0, Math.max(0, fullName.lastIndexOf('.')))
}
