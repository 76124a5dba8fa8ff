import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { json } from '../../../src/index.ts'
import { shapeOfZod } from '../../../src/serde/json/zod-shape.ts'

const field = (schema: z.ZodType) => z.object({ field: schema })

describe('a plain schema', () => {
  test.each<[name: string, schema: unknown]>([
    ['fields of every plain type', field(z.object({ a: z.string(), b: z.number(), c: z.boolean(), d: z.null() }))],
    ['whole numbers', z.object({ a: z.int(), b: z.number().int(), c: z.int32(), d: z.uint32() })],
    ['limits', z.object({ a: z.number().min(1).max(5), b: z.number().positive(), c: z.string().min(1).length(3) })],
    ['literals and enumerations', z.object({ a: z.literal('x'), b: z.enum(['x', 'y']), c: z.literal([1, null]) })],
    [
      'what may be absent or null',
      z.object({ a: z.string().optional(), b: z.number().nullable(), c: z.string().nullish() }),
    ],
    ['arrays', field(z.array(z.array(z.number())).max(3))],
    ['strict and loose objects', z.strictObject({ a: z.looseObject({ b: z.string() }) })],
    ['brands and descriptions', field(z.string().brand('Id').describe('An id').meta({ title: 'Id' }))],
    ['error messages of its own', field(z.string({ error: 'Not a text' }).min(1, 'Empty'))],
    ['zod/mini', mini.object({ a: mini.string().check(mini.minLength(1)), b: mini.optional(mini.number()) })],
  ])('has %s', (_name, schema) => {
    expect(shapeOfZod(schema)).not.toBeNull()
  })
})

describe('not plain, since it may change or refuse what no table here knows, is a schema with', () => {
  class Point {}
  const Recursive = z.object({
    get next() {
      return Recursive.optional()
    },
  })
  test.each<[name: string, schema: unknown]>([
    ['a refinement', field(z.string().refine(() => true))],
    ['a refinement of an object', z.object({ a: z.string() }).refine(() => true)],
    ['a refinement of an array', field(z.array(z.string()).refine(() => true))],
    [
      'a refinement of what may be null',
      field(
        z
          .string()
          .nullable()
          .refine(() => true),
      ),
    ],
    [
      'a refinement of what may be absent',
      field(
        z
          .string()
          .optional()
          .refine(() => true),
      ),
    ],
    ['a refinement of an enumeration', field(z.enum(['a']).refine(() => true))],
    ['a refinement of a boolean', field(z.boolean().refine(() => true))],
    ['a deep refinement', field(z.array(z.object({ a: z.string().superRefine(() => undefined) })))],
    ['a check of its own', field(z.string().check(() => undefined))],
    ['a transformation', field(z.string().transform((text) => text.length))],
    ['trimming', field(z.string().trim())],
    ['a default', field(z.string().default('none'))],
    ['a prefault', field(z.string().prefault('none'))],
    ['a catch', field(z.string().catch('none'))],
    ['a coercion', field(z.coerce.number())],
    ['a pipe', field(z.string().pipe(z.string()))],
    ['a preprocessing', field(z.preprocess(String, z.string()))],
    ['a codec', field(z.stringbool())],
    ['a format', field(z.email())],
    ['a format as a check', field(z.string().regex(/x/))],
    ['multiples', field(z.number().multipleOf(2))],
    ['a condition on a check', field(z.number().check(z.gt(1, { when: () => false } as never)))],
    ['a union', field(z.union([z.string(), z.number()]))],
    ['dates', field(z.date())],
    ['bigints', field(z.bigint())],
    ['anything', field(z.unknown())],
    ['an instance', field(z.instanceof(Point))],
    ['freezing', z.object({ a: z.string() }).readonly()],
    ['something lazy', field(z.lazy(() => z.string()))],
    ['itself', Recursive],
    ['a field named as what objects inherit', z.object({ constructor: z.string() })],
    ['a field named __proto__', z.object({ ['__proto__']: z.string() })],
    ['a literal that JSON has not', field(z.literal([1n, 'x']))],
    ['another vendor', { '~standard': { version: 1, vendor: 'other', validate: (value: unknown) => ({ value }) } }],
    ['a wrapper around its standard face', { '~standard': z.string()['~standard'] }],
    ['an older zod', { ...z.string(), _zod: undefined, _def: { typeName: 'ZodString' } }],
  ])('%s', (_name, schema) => {
    expect(shapeOfZod(schema)).toBeNull()
  })
})

describe('json', () => {
  test('still says why, strictly, what it refuses', () => {
    const bytes = Buffer.from('{"field":7}')
    expect(() => json(field(z.string())).decode(bytes, 0, bytes.length)).toThrow(/The schema refuses it: field: /)
  })
  test('looks at a schema only when a record comes: it may name one that is declared below', () => {
    const serde = json(
      z.object({
        get later() {
          return Later
        },
      }),
    )
    const Later = z.object({ id: z.number() })
    const bytes = Buffer.from('{"later":{"id":7}}')
    expect(serde.decode(bytes, 0, bytes.length)).toStrictEqual({ later: { id: 7 } })
  })
  test('works where code may not be made from text', () => {
    const code = `
      import { z } from 'zod'
      import { json } from './src/index.ts'
      const serde = json(z.object({ id: z.number(), name: z.string() }))
      const bytes = Buffer.from('{"id":7,"more":[1],"name":"x"}')
      const values = [1, 2, 3, 4].map(() => JSON.stringify(serde.decode(bytes, 0, bytes.length)))
      const ends = [1, 2, 3, 4].map(() => serde.write({ id: 7 }, Buffer.alloc(50), 0))
      console.log(JSON.stringify([new Set(values).size, values[3], ends]))
    `
    const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', code]
    const said = execFileSync(process.execPath, flags, { cwd: `${import.meta.dirname}/../../..`, encoding: 'utf8' })
    expect(JSON.parse(said)).toEqual([1, '{"id":7,"name":"x"}', [-1, -1, -1, -1]])
  })
})
