/** What a keyword of JSON Schema must have as its value, as far as comparing relies on it. */
import { InvalidSchema } from '../invalid-schema.ts'
import { isSchema, type Schema, type SchemaObject } from './resolve.ts'

type Form = 'number' | 'text' | 'texts' | 'schema' | 'schemas' | 'schema-map' | 'list'

const forms: Readonly<Record<string, Form>> = {
  $ref: 'text',
  maximum: 'number',
  minimum: 'number',
  multipleOf: 'number',
  maxLength: 'number',
  minLength: 'number',
  maxItems: 'number',
  minItems: 'number',
  maxProperties: 'number',
  minProperties: 'number',
  pattern: 'text',
  format: 'text',
  required: 'texts',
  enum: 'list',
  properties: 'schema-map',
  patternProperties: 'schema-map',
  definitions: 'schema-map',
  $defs: 'schema-map',
  dependentSchemas: 'schema-map',
  additionalProperties: 'schema',
  propertyNames: 'schema',
  additionalItems: 'schema',
  contains: 'schema',
  not: 'schema',
  if: 'schema',
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  then: 'schema',
  else: 'schema',
  allOf: 'schemas',
  anyOf: 'schemas',
  oneOf: 'schemas',
  prefixItems: 'schemas',
}
const types = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']

const tests: Readonly<Record<Form, (value: unknown) => boolean>> = {
  number: (value) => typeof value === 'number',
  text: (value) => typeof value === 'string',
  texts: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  schema: isSchema,
  schemas: (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema),
  'schema-map': (value) => isSchema(value) && typeof value === 'object' && Object.values(value).every(isSchema),
  list: Array.isArray,
}

/** Checks a schema and all within it. @throws InvalidSchema */
export function checkKeywords(schema: Schema): void {
  if (typeof schema === 'boolean') return
  for (const [keyword, value] of Object.entries(schema)) {
    const form = Object.hasOwn(forms, keyword) ? forms[keyword] : undefined
    if (form === undefined) continue
    if (!tests[form](value)) throw new InvalidSchema(`${keyword} has no value of the form ${form}`)
    for (const part of partsOf(form, value)) checkKeywords(part)
  }
  checkType(schema)
  checkItems(schema)
}

function partsOf(form: Form, value: unknown): readonly Schema[] {
  if (form === 'schema') return [value as Schema]
  if (form === 'schemas') return value as readonly Schema[]
  return form === 'schema-map' ? Object.values(value as Readonly<Record<string, Schema>>) : []
}

function checkType({ type }: SchemaObject): void {
  if (type === undefined) return
  for (const each of Array.isArray(type) ? type : [type]) {
    if (!types.includes(each)) throw new InvalidSchema(`${JSON.stringify(each)} is no type`)
  }
}

/** One schema for all, or (before draft 2020-12) one for each place. */
function checkItems({ items }: SchemaObject): void {
  if (items === undefined) return
  const parts = Array.isArray(items) ? items : [items]
  if (!parts.every(isSchema)) throw new InvalidSchema('items holds what is no schema')
  for (const part of parts) checkKeywords(part)
}
