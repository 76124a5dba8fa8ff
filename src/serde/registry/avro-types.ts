/** The TypeScript type of an Avro schema that is written out in the program. */

/** A schema as JSON: the name of a type, an object, or the branches of a union. */
export type AvroSchema = string | AvroObject | readonly AvroSchema[]
export interface AvroObject {
  readonly type: AvroSchema
  readonly [attribute: string]: unknown
}

interface Primitives {
  null: null
  boolean: boolean
  int: number
  long: number
  float: number
  double: number
  bytes: Uint8Array
  string: string
}

interface AvroField {
  readonly name: string
  readonly type: AvroSchema
}

/**
 * What a value of the schema is. A type that is only named (a record within itself) is `unknown`: give the type yourself,
 * `avro<Order>(…)`.
 * @example ValueOf<{ type: 'record', name: 'A', fields: [{ name: 'b', type: ['null', 'int'] }] }> // { b: number | null }
 */
export type ValueOf<S> = S extends keyof Primitives
  ? Primitives[S]
  : S extends readonly (infer Branch)[]
    ? ValueOf<Branch>
    : S extends { readonly type: 'record'; readonly fields: readonly AvroField[] }
      ? { [F in S['fields'][number] as F['name']]: ValueOf<F['type']> }
      : S extends { readonly type: 'enum'; readonly symbols: readonly (infer Symbols)[] }
        ? Symbols
        : S extends { readonly type: 'array'; readonly items: infer Items }
          ? ValueOf<Items>[]
          : S extends { readonly type: 'map'; readonly values: infer Values }
            ? Record<string, ValueOf<Values>>
            : S extends { readonly type: 'fixed' }
              ? Uint8Array
              : S extends { readonly type: keyof Primitives }
                ? Primitives[S['type']]
                : unknown
