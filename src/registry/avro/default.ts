/** Whether a default fits the type of its field. */
import type { Effort } from '../effort.ts'
import type { AvroType, PrimitiveName } from './types.ts'

const isWhole = (value: unknown): boolean => Number.isInteger(value)
const isNumber = (value: unknown): boolean => typeof value === 'number'
const isText = (value: unknown): boolean => typeof value === 'string'

/** Bytes are written as text, a character per byte. */
const tests: Readonly<Record<PrimitiveName, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  int: (value) => isWhole(value) && (value as number) === ((value as number) | 0),
  long: isWhole,
  float: isNumber,
  double: isNumber,
  bytes: isText,
  string: isText,
}

/** True when a JSON value is a default of the type. In a union, of any branch (Avro 1.12). @throws Exhausted */
export function fits(type: AvroType, value: unknown, effort: Effort): boolean {
  effort.spend(1)
  switch (type.kind) {
    case 'primitive':
      return tests[type.name](value)
    case 'enum':
      return isText(value) && type.symbols.includes(value as string)
    case 'fixed':
      return isText(value) && (value as string).length === type.size
    case 'array':
      return Array.isArray(value) && value.every((item) => fits(type.items, item, effort))
    case 'map':
      return isObject(value) && Object.values(value).every((each) => fits(type.values, each, effort))
    case 'record':
      return (
        isObject(value) &&
        // A default of a field has been looked at already.
        type.fields.every(({ name, type, fallback }) =>
          Object.hasOwn(value, name) ? fits(type, value[name], effort) : fallback !== undefined,
        )
      )
    case 'union':
      return type.branches.some((branch) => fits(branch, value, effort))
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
