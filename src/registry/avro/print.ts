/** An Avro schema as text, always the same for the same schema: attributes in one order, names as short as they can be. */
import { sortKeys } from '../schema.ts'
import { type AvroType, type Extras, type Field, type NamedType, namespaceOf, shortName } from './types.ts'

type Json = Record<string, unknown>

/** @param known full names of types that other schemas define: they are only named */
export function printAvro(type: AvroType, known: Iterable<string>, sortsExtras: boolean): string {
  return JSON.stringify(new Printer(known, sortsExtras).print(type, ''))
}

class Printer {
  private readonly printed: Set<string>
  private readonly sortsExtras: boolean

  constructor(known: Iterable<string>, sortsExtras: boolean) {
    this.printed = new Set(known)
    this.sortsExtras = sortsExtras
  }

  print(type: AvroType, namespace: string): unknown {
    switch (type.kind) {
      case 'primitive':
        return Object.keys(type.extras).length === 0 ? type.name : { type: type.name, ...this.extras(type.extras) }
      case 'array':
        return { type: 'array', items: this.print(type.items, namespace), ...this.extras(type.extras) }
      case 'map':
        return { type: 'map', values: this.print(type.values, namespace), ...this.extras(type.extras) }
      case 'union':
        return type.branches.map((branch) => this.print(branch, namespace))
      default:
        return this.printNamed(type, namespace)
    }
  }

  private printNamed(type: NamedType, namespace: string): unknown {
    if (this.printed.has(type.name)) return relative(type.name, namespace)
    this.printed.add(type.name)
    const own = namespaceOf(type.name)
    const head: Json = {
      type: type.kind === 'record' && type.isError ? 'error' : type.kind,
      name: shortName(type.name),
    }
    if (own !== namespace) head.namespace = own
    if (type.doc !== undefined) head.doc = type.doc
    const aliases = type.aliases.length === 0 ? {} : { aliases: type.aliases.map((alias) => relative(alias, own)) }
    return { ...head, ...this.body(type, own), ...this.extras(type.extras), ...aliases }
  }

  private body(type: NamedType, namespace: string): Json {
    switch (type.kind) {
      case 'record':
        return { fields: type.fields.map((field) => this.printField(field, namespace)) }
      case 'enum':
        return { symbols: type.symbols, ...(type.fallback !== undefined && { default: type.fallback }) }
      case 'fixed':
        return { size: type.size }
    }
  }

  private printField({ name, type, doc, fallback, order, aliases, extras }: Field, namespace: string): Json {
    return {
      name,
      type: this.print(type, namespace),
      ...(doc !== undefined && { doc }),
      ...(fallback !== undefined && { default: fallback }),
      ...(order !== undefined && order !== 'ascending' && { order }),
      ...(aliases.length > 0 && { aliases }),
      ...this.extras(extras),
    }
  }

  private extras(extras: Extras): Json {
    return (this.sortsExtras ? sortKeys(extras) : extras) as Json
  }
}

function relative(fullName: string, namespace: string): string {
  return namespaceOf(fullName) === namespace ? shortName(fullName) : fullName
}
