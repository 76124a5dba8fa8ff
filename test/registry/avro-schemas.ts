/** Random Avro schemas, and what an author may do to one. */
import { type Random, randomInteger } from '../../src/random.ts'

export type Json = string | Json[] | { [name: string]: unknown }

const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']
const zeros: Readonly<Record<string, unknown>> = {
  null: null,
  boolean: false,
  int: 0,
  long: 0,
  float: 0,
  double: 0,
  bytes: '',
  string: '',
  array: [],
  map: {},
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[randomInteger(random, 0, items.length - 1)]!
}

const chance = (random: Random, percent: number): boolean => random.next() * 100 < percent

/** Draws schemas whose named types have names of their own; a record may hold itself. */
export class SchemaMaker {
  private readonly random: Random
  private readonly open: string[] = []
  private names = 0

  constructor(random: Random) {
    this.random = random
  }

  draw(depth: number): Json {
    const kinds =
      depth === 0
        ? ['primitive', 'enum', 'fixed']
        : ['primitive', 'record', 'record', 'enum', 'fixed', 'array', 'map', 'union']
    switch (pick(this.random, kinds)) {
      case 'record':
        return this.record(depth)
      case 'enum':
        return {
          type: 'enum',
          name: this.name(),
          symbols: ['A', 'B', 'C'].slice(0, randomInteger(this.random, 1, 3)),
          ...(chance(this.random, 30) && { default: 'A' }),
        }
      case 'fixed':
        return { type: 'fixed', name: this.name(), size: randomInteger(this.random, 1, 3) }
      case 'array':
        return { type: 'array', items: this.draw(depth - 1) }
      case 'map':
        return { type: 'map', values: this.draw(depth - 1) }
      case 'union':
        return this.union(depth)
      default:
        return pick(this.random, primitives)
    }
  }

  record(depth: number): Json {
    const name = this.name()
    this.open.push(name)
    const fields = Array.from({ length: randomInteger(this.random, 0, 4) }, (_, index) =>
      this.field(`f${index}`, depth),
    )
    if (chance(this.random, 25)) fields.push({ name: 'again', type: ['null', pick(this.random, this.open)] })
    this.open.pop()
    return { type: 'record', name, fields }
  }

  field(name: string, depth: number): { [name: string]: unknown } {
    const type = this.draw(depth - 1)
    const zero =
      typeof type === 'string' ? zeros[type] : Array.isArray(type) ? zeros[String(type[0])] : zeros[String(type.type)]
    return { name, type, ...(zero !== undefined && chance(this.random, 40) && { default: zero }) }
  }

  private union(depth: number): Json {
    const branches: Json[] = []
    const kinds = new Set<string>()
    for (let tries = randomInteger(this.random, 1, 4); tries > 0; tries--) {
      const branch = this.draw(depth - 1)
      const kind =
        typeof branch === 'string' ? branch : Array.isArray(branch) ? 'union' : String(branch.name ?? branch.type)
      if (kind === 'union' || kinds.has(kind)) continue
      kinds.add(kind)
      branches.push(branch)
    }
    return branches.length === 0 ? ['null'] : branches
  }

  private name(): string {
    return `N${this.names++}`
  }
}

/** Another version of a schema: one to three changes at random places. */
export function evolve(random: Random, schema: Json): Json {
  const next = structuredClone(schema)
  const holder = { type: next }
  for (let changes = randomInteger(random, 1, 3); changes > 0; changes--) {
    const places = placesIn(holder, 'type')
    const { holder: at, name } = pick(random, places)
    at[name] = changed(random, at[name] as Json)
  }
  return holder.type
}

interface Place {
  readonly holder: { [name: string]: unknown }
  readonly name: string
}

function placesIn(holder: { [name: string]: unknown }, name: string): Place[] {
  const type = holder[name] as Json
  const here = [{ holder, name }]
  if (typeof type === 'string') return type.startsWith('N') ? [] : here
  if (Array.isArray(type)) return [...here, ...type.flatMap((_, index) => placesIn(type as never, String(index)))]
  const parts = ((type.fields ?? []) as { [name: string]: unknown }[]).flatMap((field) => placesIn(field, 'type'))
  const items = ['items', 'values'].flatMap((each) => (each in type ? placesIn(type, each) : []))
  return [...here, ...parts, ...items]
}

function changed(random: Random, type: Json): Json {
  if (typeof type === 'string')
    return chance(random, 70) ? pick(random, primitives) : ['null', ...(type === 'null' ? [] : [type])]
  if (Array.isArray(type)) return changedUnion(random, type)
  switch (type.type) {
    case 'record':
      return chance(random, 15) ? renamed(type) : { ...type, fields: changedFields(random, type.fields as Json[]) }
    case 'enum':
      return {
        ...type,
        symbols: pick(random, [['A'], ['A', 'B'], ['A', 'B', 'C', 'D']]),
        ...(chance(random, 30) && { default: 'A' }),
      }
    case 'fixed':
      return chance(random, 50) ? renamed(type) : { ...type, size: randomInteger(random, 1, 3) }
    default:
      return chance(random, 50) ? 'int' : type
  }
}

/** Whoever refers to the old name does so no more: such schemas are thrown away by the test. */
function renamed(type: { [name: string]: unknown }): Json {
  return { ...type, name: `${type.name}x`, ...(type.name !== 'N1' && { aliases: [type.name] }) }
}

function changedUnion(random: Random, branches: Json[]): Json {
  const free = primitives.filter((name) => !branches.includes(name))
  if (chance(random, 50) && free.length > 0) return [...branches, pick(random, free)]
  return branches.length > 1 ? branches.toSpliced(randomInteger(random, 0, 1), 1) : branches[0]!
}

function changedFields(random: Random, fields: Json[]): Json[] {
  if (chance(random, 50)) {
    const added = { name: `g${randomInteger(random, 0, 9)}`, type: 'int', ...(chance(random, 50) && { default: 1 }) }
    return fields.some((each) => (each as { name: string }).name === added.name) ? fields : [...fields, added]
  }
  if (chance(random, 30)) return fields.map((each, index) => (index === 0 ? aliased(each as { name: string }) : each))
  return fields.slice(1)
}

function aliased(field: { name: string }): Json {
  return { ...field, name: `${field.name}y`, aliases: [field.name] }
}
