/** Random values of a shape, with the names a broker under test knows, so that requests get further than its first check. */
import { type Random, randomInteger, randomName } from '../../src/random.ts'
import { Field, type Primitive, type Shape, type Struct, Type } from '../../src/wire/schema.ts'

export interface MessageOptions {
  readonly version: number
  readonly flexible: boolean
  /** Texts that mean something to who reads them. */
  readonly words: readonly string[]
  /** Bytes for fields that hold records. */
  records(random: Random): Buffer
}

/** A value of the shape that its encoder accepts. */
export function randomMessage(shape: Shape, random: Random, options: MessageOptions): unknown {
  if (!(shape instanceof Type)) return randomStruct(shape, random, options)
  const { node } = shape
  switch (node.kind) {
    case 'primitive':
      return node.name === 'records' ? options.records(random) : primitives[node.name](random, options)
    case 'array':
      return Array.from({ length: randomInteger(random, 0, 2) }, () => randomMessage(node.element, random, options))
    case 'nullable':
      return options.version >= node.from && chance(random, 0.2) ? null : randomMessage(node.of, random, options)
  }
}

function randomStruct(struct: Struct, random: Random, options: MessageOptions): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const [name, entry] of Object.entries(struct)) {
    if (!(entry instanceof Field)) value[name] = randomMessage(entry, random, options)
    else if (carries(entry, options)) value[name] = randomMessage(entry.type, random, options)
  }
  return value
}

function carries({ from, to, tag }: Field<unknown, unknown>, { version, flexible }: MessageOptions): boolean {
  return version >= from && version <= to && (tag < 0 || flexible)
}

export function chance(random: Random, share: number): boolean {
  return random.next() < share
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[randomInteger(random, 0, values.length - 1)]!
}

/** Mostly small, since small numbers are indexes, versions and counts that exist; now and then an extreme. */
function integer(bits: number): (random: Random) => number {
  const largest = 2 ** (bits - 1) - 1
  return (random) => {
    if (chance(random, 0.7)) return randomInteger(random, -1, 3)
    return pick(random, [largest, -largest - 1, largest - 1, randomInteger(random, 0, Math.min(largest, 100_000))])
  }
}

function natural(bits: number): (random: Random) => number {
  return (random) => randomInteger(random, 0, chance(random, 0.7) ? 3 : 2 ** bits - 1)
}

function bytes(random: Random): Buffer {
  return Buffer.from(Array.from({ length: randomInteger(random, 0, 24) }, () => randomInteger(random, 0, 255)))
}

function text(random: Random, { words }: MessageOptions): string {
  return chance(random, 0.8) ? pick(random, words) : randomName(random, randomInteger(random, 0, 12))
}

const primitives: Readonly<
  Record<Exclude<Primitive, 'records'>, (random: Random, options: MessageOptions) => unknown>
> = {
  bool: (random) => chance(random, 0.5),
  int8: integer(8),
  int16: integer(16),
  int32: integer(32),
  int64: integer(53),
  uint16: natural(16),
  uint32: natural(32),
  float64: (random) => random.next() * 1e6,
  string: text,
  bytes,
  uuid: (random) => Buffer.from(Array.from({ length: 16 }, () => randomInteger(random, 0, 255))).toString('base64url'),
}
