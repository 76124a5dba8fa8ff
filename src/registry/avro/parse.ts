/** JSON to an Avro schema, by the rules of the specification (1.12): names, namespaces, symbols, unions, defaults. */
import { Effort } from '../effort.ts'
import { InvalidSchema } from '../invalid-schema.ts'
import { fits } from './default.ts'
import {
  type AvroType,
  type EnumType,
  type Extras,
  type Field,
  type FixedType,
  type NamedType,
  namespaceOf,
  type PrimitiveName,
  primitives,
  type RecordType,
  typeName,
} from './types.ts'

type Json = Readonly<Record<string, unknown>>

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/
const common = ['type', 'name', 'namespace', 'aliases', 'doc']
/** Attributes with a meaning, by type; the others are extras. */
const attributes = {
  primitive: ['type'],
  record: [...common, 'fields'],
  enum: [...common, 'symbols', 'default'],
  fixed: [...common, 'size'],
  array: ['type', 'items'],
  map: ['type', 'values'],
  field: ['name', 'type', 'doc', 'default', 'order', 'aliases'],
} as const

/** Named types by full name; parsing adds to it. */
export class Names extends Map<string, NamedType> {
  /** What looking at defaults may cost. */
  readonly effort: Effort = new Effort()
}

/**
 * Parses one schema. `names` holds what earlier schemas have defined, and gets what this one defines.
 * @throws InvalidSchema with the reason
 */
export function parseAvro(json: unknown, names: Names): AvroType {
  return parseType(json, '', names)
}

function parseType(json: unknown, namespace: string, names: Names): AvroType {
  if (typeof json === 'string') return resolveName(json, namespace, names)
  if (Array.isArray(json)) return parseUnion(json, namespace, names)
  if (typeof json !== 'object' || json === null) throw new InvalidSchema(`${JSON.stringify(json)} is no type`)
  const given = json as Json
  switch (given.type) {
    case 'record':
    case 'error':
      return parseRecord(given, namespace, names)
    case 'enum':
      return parseEnum(given, namespace, names)
    case 'fixed':
      return parseFixed(given, namespace, names)
    case 'array':
      return { kind: 'array', items: parseType(given.items, namespace, names), extras: extrasOf(given, 'array') }
    case 'map':
      return { kind: 'map', values: parseType(given.values, namespace, names), extras: extrasOf(given, 'map') }
    default:
      return parseOther(given, namespace, names)
  }
}

function parseOther(given: Json, namespace: string, names: Names): AvroType {
  const { type } = given
  if (typeof type !== 'string') throw new InvalidSchema(`the attribute type is ${JSON.stringify(type)}, not a name`)
  if (!isPrimitive(type)) return resolveName(type, namespace, names)
  return { kind: 'primitive', name: type, extras: extrasOf(given, 'primitive') }
}

function resolveName(name: string, namespace: string, names: Names): AvroType {
  if (isPrimitive(name)) return { kind: 'primitive', name, extras: {} }
  const found = names.get(qualify(name, namespace)) ?? names.get(name)
  if (found === undefined) throw new InvalidSchema(`the type ${name} is not defined`)
  return found
}

function isPrimitive(name: string): name is PrimitiveName {
  return (primitives as readonly string[]).includes(name)
}

function parseUnion(json: readonly unknown[], namespace: string, names: Names): AvroType {
  const branches = json.map((branch) => parseType(branch, namespace, names))
  const seen = new Set<string>()
  for (const branch of branches) {
    if (branch.kind === 'union') throw new InvalidSchema('a union stands directly in a union')
    const name = typeName(branch)
    if (seen.has(name)) throw new InvalidSchema(`a union has two branches ${name}`)
    seen.add(name)
  }
  return { kind: 'union', branches }
}

function parseRecord(given: Json, namespace: string, names: Names): RecordType {
  const isError = given.type === 'error'
  const record: RecordType = { kind: 'record', isError, ...namedParts(given, namespace, 'record'), fields: [] }
  define(record, names)
  const { fields } = given
  if (!Array.isArray(fields)) throw new InvalidSchema(`the record ${record.name} has no fields`)
  const seen = new Set<string>()
  for (const json of fields) {
    const field = parseField(json, record, names)
    if (seen.has(field.name)) throw new InvalidSchema(`the record ${record.name} has two fields ${field.name}`)
    seen.add(field.name)
    record.fields.push(field)
  }
  return record
}

function parseField(json: unknown, record: RecordType, names: Names): Field {
  if (typeof json !== 'object' || json === null) throw new InvalidSchema(`a field of ${record.name} is no object`)
  const given = json as Json
  const name = checkName(given.name, `a field of ${record.name}`)
  const type = parseType(given.type, namespaceOf(record.name), names)
  const fallback = 'default' in given ? given.default : undefined
  if (fallback !== undefined && !fits(type, fallback, names.effort)) {
    throw new InvalidSchema(`the default of ${record.name}.${name} does not fit its type ${typeName(type)}`)
  }
  const aliases = textsOf(given.aliases, `the aliases of ${record.name}.${name}`)
  const { order, doc } = given as { order?: string; doc?: string }
  return { name, aliases, type, fallback, order, doc, extras: extrasOf(given, 'field') }
}

function parseEnum(given: Json, namespace: string, names: Names): EnumType {
  const parts = namedParts(given, namespace, 'enum')
  if (!Array.isArray(given.symbols)) throw new InvalidSchema(`the enum ${parts.name} has no symbols`)
  const symbols = textsOf(given.symbols, `the symbols of ${parts.name}`)
  for (const symbol of symbols) checkName(symbol, `a symbol of ${parts.name}`)
  if (new Set(symbols).size < symbols.length) throw new InvalidSchema(`the enum ${parts.name} has a symbol twice`)
  const fallback = given.default as string | undefined
  if (fallback !== undefined && !symbols.includes(fallback)) {
    throw new InvalidSchema(`the default of ${parts.name} is none of its symbols`)
  }
  return define({ kind: 'enum', ...parts, symbols, fallback }, names)
}

function parseFixed(given: Json, namespace: string, names: Names): FixedType {
  const parts = namedParts(given, namespace, 'fixed')
  const { size } = given
  if (!Number.isSafeInteger(size) || (size as number) < 0)
    throw new InvalidSchema(`the fixed ${parts.name} has no size`)
  return define({ kind: 'fixed', ...parts, size: size as number }, names)
}

function define<T extends NamedType>(type: T, names: Names): T {
  if (names.has(type.name)) throw new InvalidSchema(`the type ${type.name} is defined twice`)
  names.set(type.name, type)
  return type
}

function namedParts(given: Json, enclosing: string, kind: 'record' | 'enum' | 'fixed') {
  const name = fullName(given, enclosing)
  const aliases = textsOf(given.aliases, `the aliases of ${name}`)
  return {
    name,
    aliases: aliases.map((alias) => qualify(alias, namespaceOf(name))),
    doc: given.doc as string | undefined,
    extras: extrasOf(given, kind),
  }
}

function fullName(given: Json, enclosing: string): string {
  const { name, namespace } = given
  if (typeof name !== 'string') throw new InvalidSchema(`a ${given.type} has no name`)
  for (const part of name.split('.')) checkName(part, 'a name')
  if (namespace !== undefined && typeof namespace !== 'string')
    throw new InvalidSchema(`the namespace of ${name} is no text`)
  for (const part of namespace ? namespace.split('.') : []) checkName(part, `the namespace of ${name}`)
  const full = qualify(name, namespace ?? enclosing)
  if (isPrimitive(full)) throw new InvalidSchema(`${full} is a name of Avro`)
  return full
}

function qualify(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
}

function checkName(name: unknown, what: string): string {
  if (typeof name === 'string' && namePattern.test(name)) return name
  throw new InvalidSchema(`${what} is ${JSON.stringify(name)}, which is no name`)
}

function textsOf(value: unknown, what: string): readonly string[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
  throw new InvalidSchema(`${what} are no list of texts`)
}

function extrasOf(given: Json, kind: keyof typeof attributes): Extras {
  const known: readonly string[] = attributes[kind]
  return Object.fromEntries(Object.entries(given).filter(([name]) => !known.includes(name)))
}
