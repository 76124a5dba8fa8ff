/**
 * Walks over Avro bytes without making values, before avsc does: avsc believes the count in front of an array or a map,
 * so a record of a few bytes could keep a worker busy for hours; and a value may nest as deep as its bytes go. Only schemas
 * that hold an array, a map or themselves need it.
 */
import type { Type, types } from 'avsc'
import { maxDepth } from '../json-decode.ts'

/** @throws RangeError for bytes that end before what they announce */
export type CheckBounds = (bytes: Buffer, start: number, end: number) => void

/** Items without a byte of their own (null, an empty record): there is no telling from the bytes how many are meant. */
const mostEmptyItems = 65_536

interface Place {
  readonly bytes: Buffer
  readonly end: number
  at: number
  /** Values that hold the one in hand and are of a type that holds itself. */
  depth: number
}
type Walk = (place: Place) => void

/** The check for values of a type; null when it needs none. */
export function boundsOf(type: Type): CheckBounds | null {
  const walks = new Walks()
  const walk = walks.of(type)
  if (!walks.areNeeded) return null
  return (bytes, start, end) => walk({ bytes, end, at: start, depth: 0 })
}

const sizes: Readonly<Record<string, number>> = { null: 0, boolean: 1, float: 4, double: 8 }

class Walks {
  areNeeded = false
  /** A record may hold itself: it is found here while it is made. */
  private readonly known = new Map<Type, Walk>()
  /** Without those that are being made: who meets one of these holds itself. */
  private readonly made = new Set<Type>()

  of(type: Type): Walk {
    let made: Walk | undefined
    const known = this.known.get(type)
    if (known !== undefined) {
      this.areNeeded ||= !this.made.has(type)
      return known
    }
    this.known.set(
      type,
      this.inward((place) => made!(place)),
    )
    made = this.make(type)
    this.known.set(type, made)
    this.made.add(type)
    return made
  }

  private make(type: Type): Walk {
    const name = type.typeName.split(':')[0]!
    const size = sizes[name]
    if (size !== undefined) return (place) => pass(place, size)
    switch (name) {
      case 'bytes':
      case 'string':
        return (place) => pass(place, readLong(place))
      case 'fixed':
        return (place) => pass(place, (type as types.FixedType).size)
      case 'array':
        return this.blocks(this.of((type as types.ArrayType).itemsType))
      case 'map':
        return this.blocks(this.entry(this.of((type as types.MapType).valuesType as Type)))
      case 'union':
        return this.union((type as types.UnwrappedUnionType).types)
      case 'record':
      case 'error':
        return this.inTurn((type as types.RecordType).fields.map((field) => this.of(field.type)))
      case 'logical':
        return this.of((type as types.LogicalType).underlyingType)
      default:
        return (place) => void readLong(place)
    }
  }

  /** Of a type that holds itself. */
  private inward(walk: Walk): Walk {
    return (place) => {
      if (++place.depth > maxDepth) throw new RangeError('the value nests too deep')
      walk(place)
      place.depth--
    }
  }

  private inTurn(walks: readonly Walk[]): Walk {
    return (place) => {
      for (const walk of walks) walk(place)
    }
  }

  private entry(value: Walk): Walk {
    return (place) => {
      pass(place, readLong(place))
      value(place)
    }
  }

  private union(branches: readonly Type[]): Walk {
    const walks = branches.map((branch) => this.of(branch))
    return (place) => {
      const walk = walks[readLong(place)]
      if (walk === undefined) throw new RangeError('a union has no such branch')
      walk(place)
    }
  }

  private blocks(item: Walk): Walk {
    this.areNeeded = true
    return (place) => {
      let empty = 0
      for (let count = readLong(place); count !== 0; count = readLong(place)) {
        // With a negative count the size of the block follows.
        const size = count < 0 ? readLong(place) : null
        const start = place.at
        for (let left = Math.abs(count); left > 0; left--) {
          const before = place.at
          item(place)
          if (place.at === before && ++empty > mostEmptyItems) throw new RangeError('too many items without a byte')
        }
        if (size !== null && place.at - start !== size) throw new RangeError('a block is not as long as it says')
      }
    }
  }
}

function pass(place: Place, size: number): void {
  if (size < 0 || size > place.end - place.at) throw new RangeError('the bytes end too early')
  place.at += size
}

/** A zigzag varint, as exact as a number can be. */
function readLong(place: Place): number {
  let value = 0
  for (let factor = 1; factor < 2 ** 70; factor *= 128) {
    pass(place, 1)
    const byte = place.bytes[place.at - 1]!
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
  throw new RangeError('a number is too long')
}
