/** `$ref` in a JSON Schema: to a place in the document, to an `$id` or `$anchor` in it, or to a schema that is referred to. */
import { InvalidSchema } from '../invalid-schema.ts'
import type { Incompatibility } from '../schema.ts'

/** A JSON Schema: true takes anything, false nothing. */
export type Schema = boolean | SchemaObject
export interface SchemaObject {
  readonly [keyword: string]: unknown
}

/** Compares two parts of the schemas that are being compared. */
export type Compare = (reader: Schema, writer: Schema, path: string) => readonly Incompatibility[]

/** A schema and the document in which its references are looked up. */
export interface Located {
  readonly schema: Schema
  readonly document: Document
}

/** So many schemas may stand for nothing but each other. */
const mostInARow = 32

/** One text of JSON Schema, and those it refers to by name. */
export class Document {
  readonly root: Schema
  private readonly others: ReadonlyMap<string, Document>
  private readonly identified = new Map<string, Schema>()

  constructor(root: Schema, others: ReadonlyMap<string, Document>) {
    this.root = root
    this.others = others
    this.identify(root)
  }

  /** What a schema stands for: itself, or what its `$ref` names, from one to the next. @throws InvalidSchema */
  resolve(schema: Schema): Located {
    let located: Located = { schema, document: this }
    const passed = new Set<Schema>()
    while (typeof located.schema === 'object' && typeof located.schema.$ref === 'string') {
      if (passed.has(located.schema)) throw new InvalidSchema(`${located.schema.$ref} refers to itself`)
      if (passed.size === mostInARow) throw new InvalidSchema(`more than ${mostInARow} references in a row`)
      passed.add(located.schema)
      located = located.document.find(located.schema.$ref)
    }
    return located
  }

  private find(reference: string): Located {
    const [base = '', fragment = ''] = reference.split('#', 2)
    const document = base === '' || this.identified.has(base) ? this : this.others.get(base)
    if (document === undefined) throw new InvalidSchema(`there is no schema ${reference}`)
    const start = document.identified.get(base) ?? document.root
    const schema =
      fragment === '' || fragment.startsWith('/') ? at(start, fragment) : document.identified.get(`#${fragment}`)
    if (!isSchema(schema)) throw new InvalidSchema(`there is no schema at ${reference}`)
    return { schema, document }
  }

  private identify(value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    const { $id, $anchor } = value as SchemaObject
    if (typeof $id === 'string') this.identified.set($id, value as SchemaObject)
    if (typeof $anchor === 'string') this.identified.set(`#${$anchor}`, value as SchemaObject)
    for (const part of Object.values(value)) this.identify(part)
  }
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value))
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    throw new InvalidSchema(`a reference holds ${step.slice(0, 100)}, which is not encoded rightly`)
  }
}

/** By JSON pointer. */
function at(root: unknown, pointer: string): unknown {
  let value = root
  for (const step of pointer.split('/').slice(1)) {
    const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as SchemaObject)[name]
  }
  return value
}
