/**
 * The language in which Kafka's messages are described, once for all versions. Types are inferred from it, and
 * `plan.ts` turns it into an encoder and a decoder for each version.
 * Field names and order are those of Kafka's message definitions.
 */

export type Primitive =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint16'
  | 'uint32'
  | 'float64'
  | 'string'
  | 'bytes'
  | 'uuid'
  | 'records'

export type TypeNode =
  | { readonly kind: 'primitive'; readonly name: Primitive }
  | { readonly kind: 'array'; readonly element: Shape }
  | { readonly kind: 'nullable'; readonly of: Shape; readonly from: number }

declare const meaning: unique symbol

/** A type of the wire. `Value` is what decoding gives, `Input` what encoding takes. */
export class Type<out Value, out Input = Value> {
  declare readonly [meaning]: { readonly value: Value; readonly input: Input }
  readonly node: TypeNode

  constructor(node: TypeNode) {
    this.node = node
  }
}

/** A field that only some versions carry. Decoding the others gives the fallback. */
export class Field<out Value, out Input = Value> {
  declare readonly [meaning]: { readonly value: Value; readonly input: Input }
  readonly type: Shape
  readonly from: number
  readonly to: number
  /** Undefined: the zero value of the type. */
  readonly fallback: unknown
  /** -1 when the field is not tagged. */
  readonly tag: number
  readonly ignorable: boolean

  constructor(type: Shape, presence: Partial<Presence>) {
    this.type = type
    this.from = presence.from ?? 0
    this.to = presence.to ?? Number.MAX_SAFE_INTEGER
    this.fallback = presence.fallback
    this.tag = presence.tag ?? -1
    this.ignorable = presence.ignorable ?? false
  }
}

interface Presence {
  readonly from: number
  readonly to: number
  readonly fallback: unknown
  readonly tag: number
  readonly ignorable: boolean
}

/** A struct is a plain object of shapes, its fields in the order of the wire. */
export interface Struct {
  readonly [name: string]: Shape | Field<unknown, unknown>
}
export type Shape = Type<unknown, unknown> | Struct

/** What decoding a shape gives. */
export type Decoded<S> =
  S extends Type<infer Value, unknown>
    ? Value
    : S extends Field<infer Value, unknown>
      ? Value
      : { -readonly [Name in keyof S]: Decoded<S[Name]> }

type OptionalNames<S> = { [Name in keyof S]: S[Name] extends Field<unknown, unknown> ? Name : never }[keyof S]

/** What encoding a shape takes: fields with a fallback may be left out, lists may be read-only. */
export type Encodable<S> =
  S extends Type<unknown, infer Input>
    ? Input
    : S extends Field<unknown, infer Input>
      ? Input
      : { readonly [Name in Exclude<keyof S, OptionalNames<S>>]: Encodable<S[Name]> } & {
          readonly [Name in OptionalNames<S>]?: Encodable<S[Name]> | undefined
        }

export const bool: Type<boolean> = new Type({ kind: 'primitive', name: 'bool' })
export const int8: Type<number> = new Type({ kind: 'primitive', name: 'int8' })
export const int16: Type<number> = new Type({ kind: 'primitive', name: 'int16' })
export const int32: Type<number> = new Type({ kind: 'primitive', name: 'int32' })
/** A JavaScript number: beyond ±2^53 is an error, never a wrong number. */
export const int64: Type<number> = new Type({ kind: 'primitive', name: 'int64' })
export const uint16: Type<number> = new Type({ kind: 'primitive', name: 'uint16' })
export const uint32: Type<number> = new Type({ kind: 'primitive', name: 'uint32' })
export const float64: Type<number> = new Type({ kind: 'primitive', name: 'float64' })
export const string: Type<string> = new Type({ kind: 'primitive', name: 'string' })
/** Decoding gives a view into the frame. */
export const bytes: Type<Buffer, Uint8Array> = new Type({ kind: 'primitive', name: 'bytes' })
/** In Kafka's base64url form; `zeroUuid` stands for none. */
export const uuid: Type<string> = new Type({ kind: 'primitive', name: 'uuid' })
/** A raw record set: a view into the frame when decoded, handed on without a copy when encoded. */
export const records: Type<Buffer | null, Uint8Array | readonly Uint8Array[] | null> = new Type({
  kind: 'primitive',
  name: 'records',
})

export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA'

export function array<S extends Shape>(element: S): Type<Decoded<S>[], readonly Encodable<S>[]> {
  return new Type({ kind: 'array', element })
}

/** May be null, from version `from` on. */
export function nullable<S extends Shape>(of: S, from = 0): Type<Decoded<S> | null, Encodable<S> | null> {
  return new Type({ kind: 'nullable', of, from })
}

/** Carried from `version` on. */
export function since<S extends Shape>(
  version: number,
  type: S,
  fallback?: Decoded<S>,
): Field<Decoded<S>, Encodable<S>> {
  return new Field(type, { from: version, fallback })
}

/** Carried up to and including `version`. */
export function until<S extends Shape>(
  version: number,
  type: S,
  fallback?: Decoded<S>,
): Field<Decoded<S>, Encodable<S>> {
  return new Field(type, { to: version, fallback })
}

/** Carried by versions `from` to `to`, both included. */
export function between<S extends Shape>(
  from: number,
  to: number,
  type: S,
  fallback?: Decoded<S>,
): Field<Decoded<S>, Encodable<S>> {
  return new Field(type, { from, to, fallback })
}

/** Sent behind the other fields under a number, and only when it differs from the fallback (KIP-482). */
export function tagged<S extends Shape>(
  tag: number,
  sinceVersion: number,
  type: S,
  fallback?: Decoded<S>,
): Field<Decoded<S>, Encodable<S>> {
  return new Field(type, { from: sinceVersion, fallback, tag })
}

/** Left out without an error in versions that cannot carry it. */
export function ignorable<Value, Input>(field: Field<Value, Input>): Field<Value, Input> {
  return new Field(field.type, { ...field, ignorable: true })
}

/** One request of the protocol and its answer, all versions. */
export interface Api<Req extends Struct = Struct, Res extends Struct = Struct> {
  readonly key: number
  readonly name: string
  /** Lowest and highest version described here. */
  readonly versions: readonly [number, number]
  /** First version with compact lengths and tagged fields (KIP-482). */
  readonly flexible: number | 'none'
  readonly request: Req
  readonly response: Res
}

/**
 * Describes an API.
 * @example
 * const Heartbeat = api(12, 'Heartbeat', { versions: [0, 4], flexible: 4,
 *   request: { groupId: string, generationId: int32, memberId: string, groupInstanceId: since(3, nullable(string), null) },
 *   response: { throttleTimeMs: ignorable(since(1, int32)), errorCode: int16 } })
 */
export function api<const Req extends Struct, const Res extends Struct>(
  key: number,
  name: string,
  definition: Omit<Api<Req, Res>, 'key' | 'name'>,
): Api<Req, Res> {
  return { key, name, ...definition }
}

export type Request<A extends Api> = Decoded<A['request']>
export type Response<A extends Api> = Decoded<A['response']>
export type RequestInput<A extends Api> = Encodable<A['request']>
export type ResponseInput<A extends Api> = Encodable<A['response']>
