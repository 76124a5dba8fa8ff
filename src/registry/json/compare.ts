/**
 * Whether every document that one JSON Schema admits is admitted by another, judged from their structure. What can't be
 * judged counts as refused. A reader admits what a writer admits when
 *
 * | part | rule |
 * |---|---|
 * | true, {} | admits anything; nothing is admitted by false |
 * | type | its types hold the writer's; an integer is a number |
 * | enum, const | it has every value of the writer's; the writer has such a list at all |
 * | limits (`limits`) | none is narrower than the writer's; there is none where the writer has none |
 * | pattern, format, contains, not, if | none, or the same as the writer's |
 * | uniqueItems | not, or the writer's too |
 * | required | nothing that the writer does not require, but for a property with a default |
 * | properties | for each name either knows: what it admits there holds what the writer admits there |
 * | names neither knows | additionalProperties likewise: open (the default) admits all, false nothing |
 * | items, prefixItems | likewise, place by place |
 * | anyOf, oneOf | each branch of the writer is admitted; one branch of the reader admits it (those of oneOf are taken to exclude each other) |
 * | allOf | every branch of the reader admits it; one branch of the writer is admitted |
 *
 * It follows that a property may be added where the model was closed (if it is not required, or has a default), and be
 * taken away where it stays open; adding one where the model was open is refused, since anything may stand there already.
 */
import type { Effort } from '../effort.ts'
import type { Incompatibility } from '../schema.ts'
import { compareItems } from './items.ts'
import { compareLimits } from './limits.ts'
import { compareProperties } from './properties.ts'
import type { Compare, Document, Located, Schema, SchemaObject } from './resolve.ts'
import { Shapes } from './shapes.ts'

/** Why some document that `writer` admits is refused by `reader`; nothing when none is. @throws Exhausted */
export function unreadableJson(reader: Document, writer: Document, effort: Effort): readonly Incompatibility[] {
  return new Comparison(effort).compare(reader.resolve(reader.root), writer.resolve(writer.root), '')
}

const sameOrNone = ['pattern', 'format', 'contains', 'not', 'if', 'then', 'else', 'propertyNames'] as const
const sameObjectsOrNone = ['dependencies', 'dependentRequired', 'dependentSchemas'] as const

/** What looking at two schemas takes that are not equal. */
const stepsOfPair = 20

/** Each pair of schemas is looked at once: within itself it is taken for good. */
class Comparison {
  private readonly effort: Effort
  private readonly shapes = new Shapes()
  private readonly known = new Map<Schema, Map<Schema, readonly Incompatibility[]>>()

  constructor(effort: Effort) {
    this.effort = effort
  }

  compare(reader: Located, writer: Located, path: string): readonly Incompatibility[] {
    this.effort.spend(1)
    const { schema: read } = reader
    const { schema: written } = writer
    if (read === true || written === false || isEmpty(read)) return []
    if (read === false) return [flaw('NOTHING_ADMITTED', path, 'nothing is admitted here')]
    const known = this.known.get(read) ?? new Map<Schema, readonly Incompatibility[]>()
    this.known.set(read, known)
    const before = known.get(written)
    if (before !== undefined) return before
    known.set(written, [])
    const given = { ...writer, schema: written === true ? {} : written }
    const flaws = this.effort.deeper(() => this.compareObjects(reader, given, path)).slice(0, 20)
    known.set(written, flaws)
    return flaws
  }

  private compareObjects(reader: Located, writer: Located, path: string): Incompatibility[] {
    const read = reader.schema as SchemaObject
    const written = writer.schema as SchemaObject
    if (this.shapes.of(read) === this.shapes.of(written) && !this.shapes.refers(read)) return []
    this.effort.spend(stepsOfPair)
    const branches = branchesOf(written)
    if (branches !== null && !hasOwnRules(written)) {
      return branches.flatMap((branch) => [...this.compare(reader, writer.document.resolve(branch), path)])
    }
    const allOf = (written.allOf ?? []) as readonly Schema[]
    if (allOf.some((branch) => this.compare(reader, writer.document.resolve(branch), path).length === 0)) return []
    return [
      ...this.comparePlain(reader, writer, path),
      ...this.compareCombined(reader, writer, path),
      ...same(read, written, path, this.shapes),
    ]
  }

  private comparePlain(reader: Located, writer: Located, path: string): Incompatibility[] {
    const read = reader.schema as SchemaObject
    const written = writer.schema as SchemaObject
    const compare: Compare = (one, other, at) =>
      this.compare(reader.document.resolve(one), writer.document.resolve(other), at)
    const types = typesOf(written)
    return [
      ...compareTypes(read, written, path),
      ...compareValues(read, written, path, this.shapes),
      ...compareLimits(read, written, path),
      ...(types.includes('object')
        ? compareProperties({ reader: read, writer: written, path, compare, effort: this.effort })
        : []),
      ...(types.includes('array') ? compareItems(read, written, path, compare) : []),
    ]
  }

  /** The reader's anyOf, oneOf and allOf, each beside its other keywords. */
  private compareCombined(reader: Located, writer: Located, path: string): Incompatibility[] {
    const read = reader.schema as SchemaObject
    const admits = (branch: Schema, at: string): readonly Incompatibility[] =>
      this.compare(reader.document.resolve(branch), writer, at)
    const all = (read.allOf ?? []) as readonly Schema[]
    const flaws = all.flatMap((branch, index) => [...admits(branch, `${path}/allOf/${index}`)])
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      const branches = read[keyword] as readonly Schema[] | undefined
      if (branches === undefined || branches.some((branch) => admits(branch, path).length === 0)) continue
      const isAdmitted = (written: Schema): boolean => {
        const branch = writer.document.resolve(written)
        return branches.some((each) => this.compare(reader.document.resolve(each), branch, path).length === 0)
      }
      if (branchesOf(writer.schema as SchemaObject)?.every(isAdmitted)) continue
      flaws.push(flaw('COMBINED_TYPE_SUBSCHEMAS_CHANGED', `${path}/${keyword}`, `no branch of ${keyword} admits it`))
    }
    return flaws
  }
}

function isEmpty(schema: Schema): boolean {
  return typeof schema === 'object' && !Object.keys(schema).some((keyword) => !annotations.has(keyword))
}

const annotations = new Set(
  '$schema $id $anchor $comment title description default examples readOnly writeOnly deprecated definitions $defs'.split(
    ' ',
  ),
)

function branchesOf(schema: SchemaObject): readonly Schema[] | null {
  return (schema.oneOf ?? schema.anyOf ?? null) as readonly Schema[] | null
}

function hasOwnRules(schema: SchemaObject): boolean {
  return Object.keys(schema).some((keyword) => !annotations.has(keyword) && keyword !== 'oneOf' && keyword !== 'anyOf')
}

const allTypes = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']

/** The types that a schema admits, by its `type`, or by its list of values. */
function typesOf({ type, ...rest }: SchemaObject): readonly string[] {
  if (type !== undefined) return [...new Set([type].flat() as string[])]
  const values = valuesOf(rest)
  return values === null ? allTypes : [...new Set(values.map(typeOfValue))]
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}

function compareTypes(reader: SchemaObject, writer: SchemaObject, path: string): Incompatibility[] {
  if (reader.type === undefined) return []
  const read = typesOf(reader)
  const lost = typesOf(writer).filter(
    (type) => !read.includes(type) && !(type === 'integer' && read.includes('number')),
  )
  if (lost.length === 0) return []
  return [flaw('TYPE_NARROWED', `${path}/type`, `the type ${lost.join(', ')} is not admitted any more`)]
}

function valuesOf(schema: SchemaObject): readonly unknown[] | null {
  if ('const' in schema) return [schema.const]
  return (schema.enum as readonly unknown[] | undefined) ?? null
}

function compareValues(reader: SchemaObject, writer: SchemaObject, path: string, shapes: Shapes): Incompatibility[] {
  const read = valuesOf(reader)
  if (read === null) return []
  const admitted = new Set(read.map((value) => shapes.of(value)))
  const isHeld = valuesOf(writer)?.every((value) => admitted.has(shapes.of(value))) ?? false
  return isHeld ? [] : [flaw('ENUM_ARRAY_NARROWED', `${path}/enum`, 'the list of values has lost some')]
}

function same(reader: SchemaObject, writer: SchemaObject, path: string, shapes: Shapes): Incompatibility[] {
  return [...sameOrNone, ...sameObjectsOrNone]
    .filter((keyword) => reader[keyword] !== undefined && shapes.of(reader[keyword]) !== shapes.of(writer[keyword]))
    .map((keyword) => flaw('KEYWORD_CHANGED', `${path}/${keyword}`, `${keyword} was added or is another`))
}

function flaw(kind: string, path: string, message: string): Incompatibility {
  return { kind, path: path === '' ? '/' : path, message }
}
