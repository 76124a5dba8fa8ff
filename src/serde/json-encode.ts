/** A value to JSON text, refusing what `JSON.stringify` would change silently. */
import { reject } from '../faults.ts'
import { maxDepth } from './json-decode.ts'
import { isInexact } from './number.ts'
import { describeType } from './text.ts'

/** JSON text for exactly these digits; engines have it since 2023. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }

/**
 * Writes JSON. Properties that are undefined are left out, as ever; everything else that JSON can't say is refused:
 * NaN and infinities, inexact whole numbers, a hole in an array, an invalid date, a Map or Set, a cycle, a bigint
 * (unless `bigints`), no value at all.
 * @throws reject MR3002
 */
export function encodeJson(value: unknown, bigints: boolean): string {
  const flaw = findFlaw(value, maxDepth)
  if (flaw !== undefined) throw reject(`${flaw} can't be written as JSON`, { code: 'MR3002' })
  const text = stringify(value, bigints)
  if (text === undefined) throw reject(`No JSON for ${describeType(value)}`, { code: 'MR3002' })
  return text
}

function stringify(value: unknown, bigints: boolean): string | undefined {
  try {
    return bigints ? JSON.stringify(value, writeBigint) : JSON.stringify(value)
  } catch (cause) {
    throw reject('The value has no JSON', { code: 'MR3002', cause })
  }
}

function writeBigint(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJSON(String(value)) : value
}

function findFlaw(value: unknown, depth: number): string | undefined {
  if (typeof value === 'number') return findFlawOfNumber(value)
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === 0) return `A cycle, or nesting deeper than ${maxDepth},`
  if (Array.isArray(value)) return findFlawOfArray(value, depth)
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return findFlawOfInstance(value, depth)
  return findFlawOfFields(value as Record<string, unknown>, depth)
}

function findFlawOfNumber(value: number): string | undefined {
  if (value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER) return undefined
  if (isInexact(value)) return 'A whole number beyond 2^53'
  return Number.isFinite(value) ? undefined : String(value)
}

function findFlawOfArray(items: readonly unknown[], depth: number): string | undefined {
  for (let index = 0; index < items.length; index++) {
    const item = items[index]
    if (item === undefined || typeof item === 'function' || typeof item === 'symbol') {
      return `${describeType(item)} in an array`
    }
    const flaw = findFlaw(item, depth - 1)
    if (flaw !== undefined) return flaw
  }
  return undefined
}

function findFlawOfFields(fields: Readonly<Record<string, unknown>>, depth: number): string | undefined {
  for (const name in fields) {
    const flaw = findFlaw(fields[name], depth - 1)
    if (flaw !== undefined) return flaw
  }
  return undefined
}

/** Instances of classes: some say themselves how they are written (`toJSON`), some would become `{}`. */
function findFlawOfInstance(value: object, depth: number): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'An invalid date' : undefined
  if (value instanceof Map || value instanceof Set) return `A ${value.constructor.name}`
  if ('toJSON' in value) return undefined
  return findFlawOfFields(value as Record<string, unknown>, depth)
}
