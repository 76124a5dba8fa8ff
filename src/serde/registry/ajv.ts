/** JSON Schema compiled by ajv, in the draft that the schema names. Formats are not checked: that is another package. */
import { Ajv, type AnySchemaObject, type ErrorObject, type Options } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'

/** Says what is wrong with a value; null when nothing is. */
export type FindFlaw = (value: unknown) => string | null

const options: Options = { strict: false, logger: false, validateFormats: false, allErrors: false }
/** By a word in `$schema`; draft 7 where there is none of them. */
const drafts: readonly (readonly [string, typeof Ajv | typeof Ajv2019 | typeof Ajv2020])[] = [
  ['2020-12', Ajv2020],
  ['2019-09', Ajv2019],
]

/**
 * Compiles a schema; a validator of its own for each, since versions of a schema share an `$id`.
 * @param useDefaults writes the defaults of what is missing into the value
 * @throws Error for what is no schema
 */
export function compileJsonSchema(schema: unknown, useDefaults: boolean): FindFlaw {
  const validate = new (validatorOf(schema))({ ...options, useDefaults }).compile(schema as AnySchemaObject)
  return (value) => (validate(value) ? null : describe(validate.errors ?? []))
}

function validatorOf(schema: unknown): typeof Ajv | typeof Ajv2019 | typeof Ajv2020 {
  const draft = typeof schema === 'object' && schema !== null && '$schema' in schema ? String(schema.$schema) : ''
  return drafts.find(([word]) => draft.includes(word))?.[1] ?? Ajv
}

/** Never the value itself, which may be private. */
function describe(errors: readonly ErrorObject[]): string {
  return errors.map(({ instancePath, message = 'is wrong' }) => `${instancePath || 'it'} ${message}`).join('; ')
}
