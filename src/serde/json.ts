/** JSON, checked by any Standard Schema (zod, valibot, arktype). */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { MillraceError, reject, toError } from '../faults.ts'
import { type FastDecode, fastDecoderOf } from './json/decoder.ts'
import { fastWriter } from './json/encoder.ts'
import { decodeJson, type LargeIntegers } from './json-decode.ts'
import { encodeJson } from './json-encode.ts'
import type { Serde } from './serde.ts'

export interface JsonOptions {
  /**
   * What to give for whole numbers beyond ±(2^53 − 1), which a number would round: refuse the record (default), or
   * hand them to the schema as bigint or as text. With `bigint`, bigints are written too.
   */
  readonly largeIntegers?: LargeIntegers
  /**
   * `compiled` (default): where a schema only declares fields and their types, those are read straight from the bytes,
   * and the others are not built; every record for which that could differ from `strict` in any way is read again
   * strictly. `strict`: each record is parsed as a whole, and handed to the schema. So is, always, one whose schema
   * transforms, refines or has defaults.
   */
  readonly mode?: 'compiled' | 'strict'
}

/** So many of a schema's complaints are told; the rest is counted. */
const issuesTold = 3

/**
 * Values as JSON text. What is read is validated by the schema, and is what the schema makes of it; what is written is
 * not validated again. Without a schema the type is your promise: `json<Order>()`.
 * @example
 * // Declare what you read: what is not declared is not built.
 * topic('orders', { value: json(z.object({ id: z.string(), total: z.number() })) })
 * topic('audited', { value: json(Order, { mode: 'strict' }) })
 * @throws reject MR3001 for bytes that aren't JSON or that the schema refuses, MR3002 for values JSON can't say;
 *   fatal MR3001 on first use of a schema that validates asynchronously
 */
export function json<S extends StandardSchemaV1>(
  schema: S,
  options?: JsonOptions,
): Serde<StandardSchemaV1.InferOutput<S>>
export function json<T>(schema?: undefined, options?: JsonOptions): Serde<T>
export function json(schema?: StandardSchemaV1, options: JsonOptions = {}): Serde<unknown> {
  const { largeIntegers = 'reject', mode = 'compiled' } = options
  const parse: Decode = (bytes, start, end) => decodeJson(bytes, start, end, largeIntegers)
  const strict: Decode = schema ? (bytes, start, end) => validate(schema, parse(bytes, start, end)) : parse
  return Object.freeze({
    name: 'json',
    nullable: false,
    decode: schema && mode === 'compiled' ? compiled(schema, strict) : strict,
    encode: (value: unknown) => encodeJson(value, largeIntegers === 'bigint'),
    ...(mode === 'compiled' && { write: fastWriter() }),
  })
}

type Decode = (bytes: Buffer, start: number, end: number) => unknown

/** The schema is looked at when the first record comes: it may refer to others that are declared below it. */
function compiled(schema: StandardSchemaV1, strict: Decode): Decode {
  let fast: FastDecode | null | undefined
  return (bytes, start, end) => {
    if (fast === undefined) fast = fastDecoderOf(schema)
    const value = fast === null ? undefined : fast(bytes, start, end)
    return value === undefined ? strict(bytes, start, end) : value
  }
}

function validate(schema: StandardSchemaV1, value: unknown): unknown {
  const result = askSchema(schema, value)
  if (result instanceof Promise) {
    // Nobody waits for it; that it may fail as well must not end the process.
    result.catch(() => undefined)
    throw thrownInside(schema, value) ?? asynchronousSchema(schema)
  }
  if (result.issues === undefined) return result.value
  const told = result.issues.slice(0, issuesTold).map(describeIssue)
  const more = result.issues.length - told.length
  throw reject(`The schema refuses it: ${told.join('; ')}${more > 0 ? `; ${more} more` : ''}`, { code: 'MR3001' })
}

/** A transformation of the user's own may throw: that is the record's fault like any complaint. */
function askSchema(schema: StandardSchemaV1, value: unknown): ReturnType<StandardSchemaV1['~standard']['validate']> {
  try {
    return schema['~standard'].validate(value)
  } catch (cause) {
    throw reject('The schema threw', { code: 'MR3001', cause })
  }
}

function describeIssue({ message, path }: StandardSchemaV1.Issue): string {
  const steps = (path ?? []).map((step) => String(typeof step === 'object' ? step.key : step))
  return steps.length > 0 ? `${steps.join('.')}: ${message}` : message
}

/**
 * zod answers with a promise when a transformation of the user's throws. Asked again in its own synchronous words it
 * says so; that record is bad, and must not stop the worker as a schema that really has to be awaited does.
 */
function thrownInside(schema: StandardSchemaV1, value: unknown): MillraceError | undefined {
  if (!('safeParse' in schema && typeof schema.safeParse === 'function')) return undefined
  try {
    schema.safeParse(value)
  } catch (cause) {
    const isAsynchronous = toError(cause).constructor.name === '$ZodAsyncError'
    return isAsynchronous ? undefined : reject('The schema threw', { code: 'MR3001', cause })
  }
  return undefined
}

function asynchronousSchema(schema: StandardSchemaV1): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR3001',
    what: 'The schema validates asynchronously',
    why: `serdes run inside the batch loop, which doesn't wait; the schema is of ${schema['~standard'].vendor}`,
    fix: 'take the asynchronous refinement out of the schema, and check it in a later step',
  })
}
