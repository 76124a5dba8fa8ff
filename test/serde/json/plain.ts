/** Schemas that only declare, with values that fit them: drawn together, so that few values are refused. */
import fc from 'fast-check'
import { z } from 'zod'

export interface Plain {
  readonly schema: z.ZodType
  readonly value: fc.Arbitrary<unknown>
}

const names = ['id', 'name', 'a', 'longer than four', 'ünï', '1', 'x"y', 'valueOf2', 'dateTime']

/** With surrogates alone and in pairs, escapes, NUL and a byte order mark; mostly ASCII. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 40 }) },
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '\ufeff', '\ud800', '\u0000', '"\\', '\ufffd', 'é', '\u2028'),
)
export const number: fc.Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e12, max: 1e12 }),
  fc.constantFrom(0, -0, 1.5, 0.1, 1e-7, 5e-324, 2 ** 53 - 1, 1 - 2 ** 53, 123_456_789_012_345),
)

const leaf: fc.Arbitrary<Plain> = fc.constantFrom<Plain>(
  { schema: z.string(), value: text },
  { schema: z.string().min(1).max(20), value: text },
  { schema: z.number(), value: number },
  { schema: z.int(), value: fc.maxSafeInteger() },
  { schema: z.number().nonnegative(), value: number },
  { schema: z.int32().max(1_000), value: fc.integer() },
  { schema: z.boolean(), value: fc.boolean() },
  { schema: z.null(), value: fc.constant(null) },
  { schema: z.literal(['a', 1, true]), value: fc.constantFrom('a', 1, true) },
  { schema: z.enum(['open', 'closed']), value: fc.constantFrom('open', 'closed') },
)

export const plain: fc.Arbitrary<Plain> = fc.letrec<{ any: Plain; object: Plain }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: leaf },
    leaf.map(({ schema, value }) => ({ schema: z.nullable(schema), value: fc.option(value) })),
    tie('any').map(({ schema, value }) => ({ schema: z.array(schema), value: fc.array(value, { maxLength: 4 }) })),
    tie('object'),
  ),
  object: fc
    .record({
      fields: fc.dictionary(fc.constantFrom(...names), fc.record({ plain: tie('any'), optional: fc.boolean() }), {
        maxKeys: 6,
        noNullPrototype: true,
      }),
      mode: fc.constantFrom('strip', 'strip', 'strict', 'loose'),
    })
    .map(({ fields, mode }) => objectOf(fields, mode)),
})).object

function objectOf(fields: Record<string, { readonly plain: Plain; readonly optional: boolean }>, mode: string): Plain {
  const entries = Object.entries(fields)
  const shape = Object.fromEntries(
    entries.map(
      ([
        name,
        {
          plain: { schema },
          optional,
        },
      ]) => [name, optional ? schema.optional() : schema],
    ),
  )
  const required = entries.filter(([, { optional }]) => !optional).map(([name]) => name)
  const declared = fc.record(Object.fromEntries(entries.map(([name, field]) => [name, field.plain.value])), {
    requiredKeys: required,
    noNullPrototype: true,
  })
  const more = fc.dictionary(fc.constantFrom('more', '__proto__', 'toString', 'é'), fc.jsonValue(), {
    maxKeys: 2,
    noNullPrototype: true,
  })
  const value = fc
    .tuple(declared, fc.option(more, { freq: 3 }))
    .map(([one, other]) => (other === null ? one : { ...one, ...other }))
  return { schema: modes[mode]!(shape), value }
}

const modes: Readonly<Record<string, (shape: z.core.$ZodLooseShape) => z.ZodType>> = {
  strip: (shape) => z.object(shape),
  strict: (shape) => z.strictObject(shape),
  loose: (shape) => z.looseObject(shape),
}
