/**
 * Whether data written with one Avro schema can be read with another: schema resolution of the specification (1.12).
 *
 * | reader | reads what was written as |
 * |---|---|
 * | a primitive | itself, and what is promoted to it (`promotions`) |
 * | array, map | an array, a map whose items it reads |
 * | fixed | a fixed of the same size and name |
 * | enum | an enum of the same name whose symbols it has, or any symbols where it has a default |
 * | record | a record of the same name; a field of its own that was not written needs a default |
 * | union | whatever one of its branches reads |
 * | anything | a union of which it reads every branch |
 *
 * A name is the same without its namespace, or when it is an alias of the reader's. Logical types are not compared:
 * a decimal is its bytes.
 */
import type { Effort } from '../effort.ts'
import type { Incompatibility } from '../schema.ts'
import {
  type AvroType,
  type EnumType,
  type Field,
  type NamedType,
  type PrimitiveName,
  type RecordType,
  shortName,
  typeName,
  type UnionType,
} from './types.ts'

/** What each primitive reads beside itself. */
const promotions: Readonly<Record<PrimitiveName, readonly PrimitiveName[]>> = {
  null: [],
  boolean: [],
  int: [],
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  bytes: ['string'],
  string: ['bytes'],
}

/** Why `reader` can't read what `writer` has written; nothing when it can. @throws Exhausted */
export function unreadableAvro(reader: AvroType, writer: AvroType, effort: Effort): Incompatibility[] {
  const pairs = new Pairs(effort)
  let flaws: Incompatibility[]
  do {
    pairs.begin()
    flaws = compare(reader, writer, '', pairs)
  } while (pairs.hasChanged)
  return flaws
}

/** So many flaws of a pair of records are told: records in records would multiply them. */
const flawsTold = 20

/**
 * What is known of pairs of records. Records may hold each other: each pair is taken for good, and looked at once a
 * round, until a round finds nothing new.
 */
class Pairs {
  hasChanged = false
  readonly effort: Effort
  private readonly known = new Map<RecordType, Map<RecordType, Incompatibility[]>>()
  private readonly fields = new Map<RecordType, ReadonlyMap<string, Field>>()
  private visited = new Set<Incompatibility[]>()

  constructor(effort: Effort) {
    this.effort = effort
  }

  begin(): void {
    this.hasChanged = false
    this.visited = new Set()
  }

  flaws(reader: RecordType, writer: RecordType, look: () => Incompatibility[]): readonly Incompatibility[] {
    const ofReader = this.known.get(reader) ?? new Map<RecordType, Incompatibility[]>()
    this.known.set(reader, ofReader)
    const known = ofReader.get(writer) ?? []
    ofReader.set(writer, known)
    if (known.length > 0 || this.visited.has(known)) return known
    this.visited.add(known)
    const found = this.effort.deeper(look).slice(0, flawsTold)
    this.hasChanged ||= found.length > 0
    known.push(...found)
    return known
  }

  fieldsOf(record: RecordType): ReadonlyMap<string, Field> {
    const fields = this.fields.get(record) ?? new Map(record.fields.map((field) => [field.name, field]))
    this.fields.set(record, fields)
    return fields
  }
}

function compare(reader: AvroType, writer: AvroType, path: string, pairs: Pairs): Incompatibility[] {
  pairs.effort.spend('aliases' in reader ? 1 + reader.aliases.length : 1)
  if (writer.kind === 'union') return compareWrittenUnion(reader, writer, path, pairs)
  if (reader.kind === 'union') return compareReadingUnion(reader, writer, path, pairs)
  if (reader.kind === 'primitive' || writer.kind === 'primitive') return comparePrimitives(reader, writer, path)
  if (reader.kind === 'array' && writer.kind === 'array')
    return compare(reader.items, writer.items, `${path}/items`, pairs)
  if (reader.kind === 'map' && writer.kind === 'map')
    return compare(reader.values, writer.values, `${path}/values`, pairs)
  if (reader.kind !== writer.kind) return [typeMismatch(reader, writer, path)]
  return compareNamed(reader as NamedType, writer as NamedType, path, pairs)
}

function comparePrimitives(reader: AvroType, writer: AvroType, path: string): Incompatibility[] {
  const isRead =
    reader.kind === 'primitive' &&
    writer.kind === 'primitive' &&
    (reader.name === writer.name || promotions[reader.name].includes(writer.name))
  return isRead ? [] : [typeMismatch(reader, writer, path)]
}

function compareWrittenUnion(reader: AvroType, writer: UnionType, path: string, pairs: Pairs): Incompatibility[] {
  return writer.branches.flatMap((branch, index) =>
    compare(reader, branch, path, pairs).map((flaw) => ({
      ...flaw,
      message: `${flaw.message} (branch ${index}, ${typeName(branch)}, of what was written)`,
    })),
  )
}

function compareReadingUnion(reader: UnionType, writer: AvroType, path: string, pairs: Pairs): Incompatibility[] {
  const flaws = reader.branches.map((branch, index) => compare(branch, writer, `${path}/${index}`, pairs))
  if (flaws.some((each) => each.length === 0)) return []
  const named = reader.branches.findIndex((branch) => 'name' in branch && 'name' in writer && sameName(branch, writer))
  if (named >= 0) return flaws[named]!
  const message = `the union has no branch that reads ${typeName(writer)}`
  return [{ kind: 'MISSING_UNION_BRANCH', path, message }]
}

function compareNamed(reader: NamedType, writer: NamedType, path: string, pairs: Pairs): Incompatibility[] {
  if (!sameName(reader, writer)) {
    const message = `the name ${reader.name} is not ${writer.name}, and has no such alias`
    return [{ kind: 'NAME_MISMATCH', path: `${path}/name`, message }]
  }
  if (reader.kind === 'record') return compareRecords(reader, writer as RecordType, path, pairs)
  if (reader.kind === 'enum') return compareEnums(reader, writer as EnumType, path)
  const size = (writer as typeof reader).size
  if (reader.size === size) return []
  return [{ kind: 'FIXED_SIZE_MISMATCH', path: `${path}/size`, message: `the size ${reader.size} is not ${size}` }]
}

function sameName(reader: { readonly name: string }, writer: { readonly name: string }): boolean {
  const aliases = 'aliases' in reader ? (reader.aliases as readonly string[]) : []
  return shortName(reader.name) === shortName(writer.name) || aliases.includes(writer.name)
}

function compareEnums(reader: EnumType, writer: EnumType, path: string): Incompatibility[] {
  const symbols = new Set(reader.symbols)
  const missing = writer.symbols.filter((symbol) => !symbols.has(symbol))
  if (missing.length === 0 || reader.fallback !== undefined) return []
  const message = `the symbols ${missing.join(', ')} are missing, and the enum has no default`
  return [{ kind: 'MISSING_ENUM_SYMBOLS', path: `${path}/symbols`, message }]
}

function compareRecords(reader: RecordType, writer: RecordType, path: string, pairs: Pairs): Incompatibility[] {
  const look = (): Incompatibility[] =>
    reader.fields.flatMap((field, index) => compareField(field, writer, `${path}/fields/${index}`, pairs))
  return [...pairs.flaws(reader, writer, look)]
}

function compareField(field: Field, writer: RecordType, path: string, pairs: Pairs): Incompatibility[] {
  pairs.effort.spend(1 + field.aliases.length)
  const fields = pairs.fieldsOf(writer)
  const name = [field.name, ...field.aliases].find((each) => fields.has(each))
  if (name !== undefined) return compare(field.type, fields.get(name)!.type, `${path}/type`, pairs)
  if (field.fallback !== undefined) return []
  const message = `the field ${field.name} is not written, and has no default`
  return [{ kind: 'READER_FIELD_MISSING_DEFAULT_VALUE', path, message }]
}

function typeMismatch(reader: AvroType, writer: AvroType, path: string): Incompatibility {
  return { kind: 'TYPE_MISMATCH', path, message: `${typeName(reader)} does not read ${typeName(writer)}` }
}
