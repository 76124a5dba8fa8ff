/**
 * Objects of declared fields. Any order and spacing is read by looking names up; and since writers put the same fields in
 * the same order with the same spacing again and again, what has been seen twice gets code of its own (`layout.ts`).
 */
import { compileLayout, type Part, type ReadLayout, signatureOf } from './layout.ts'
import { Learned } from './learned.ts'
import { peek, type Read, type Reader, skipSpace, take } from './reader.ts'
import type { ObjectShape, Shape } from './shape.ts'
import { skipValue } from './skip.ts'
import { endOfPlain } from './strings.ts'

/** Optional fields make several layouts of one schema. Where more turn up than this, looking up is as good. */
const mostLayouts = 4
/** So often a record that no layout fits is looked at for a new one: the layouts may never settle. */
const mostLessons = 1_000

/** @example objectReader({ kind: 'object', fields: [], undeclared: 'vanish' }, readerOf)(reader) // {} */
export function objectReader(shape: ObjectShape, readerOf: (shape: Shape) => Read): Read {
  const slots: Slots = {
    shape,
    reads: shape.fields.map((field) => readerOf(field.shape)),
    names: shape.fields.map(({ name }) => Buffer.from(name)),
  }
  const layouts = new Learned<ReadLayout>(mostLayouts, mostLessons)
  return (reader) => {
    const start = reader.at
    for (const read of layouts.known) {
      const value = read(reader)
      if (value !== undefined) return value
      reader.at = start
    }
    const parts: Part[] | null = layouts.wantsMore() ? [] : null
    const values = readFields(reader, slots, parts)
    if (values === undefined) return undefined
    if (parts !== null) {
      const layout = { parts, end: reader.bytes.toString('latin1', parts.at(-1)?.end ?? start, reader.at) }
      layouts.see(signatureOf(layout), () => compileLayout(layout, shape, slots.reads))
    }
    return build(shape, values)
  }
}

interface Slots {
  readonly shape: ObjectShape
  readonly reads: readonly Read[]
  readonly names: readonly Buffer[]
}

/** The values by slot, `undefined` where absent; `undefined` as a whole where it abstains. */
function readFields(reader: Reader, slots: Slots, parts: Part[] | null): unknown[] | undefined {
  const values: unknown[] = new Array(slots.reads.length).fill(undefined)
  let before = reader.at
  let guess = 0
  if (!take(reader, 0x7b)) return undefined
  skipSpace(reader)
  if (take(reader, 0x7d)) return hasRequired(slots.shape, values) ? values : undefined
  for (;;) {
    skipSpace(reader)
    const slot = readName(reader, slots, guess)
    if (slot === undefined) return undefined
    if (slot !== -1) guess = slot + 1
    const start = reader.at
    if (!readField(reader, slots, slot, values)) return undefined
    parts?.push({
      before: reader.bytes.toString('latin1', before, start),
      slot,
      first: reader.bytes[start]!,
      end: reader.at,
    })
    before = reader.at
    skipSpace(reader)
    if (take(reader, 0x7d)) return hasRequired(slots.shape, values) ? values : undefined
    if (!take(reader, 0x2c)) return undefined
  }
}

/** The slot of a name, -1 for one that is not declared. A name with an escape may be a declared one in disguise. */
function readName(reader: Reader, { names, shape }: Slots, guess: number): number | undefined {
  const start = reader.at + 1
  const close = peek(reader) === 0x22 ? endOfPlain(reader.bytes, reader.view, start, reader.end) : -1
  if (close === -1) return undefined
  const slot = slotOf(names, reader.bytes, start, close, guess)
  if (slot === -1 && shape.undeclared === 'abstain') return undefined
  reader.at = close + 1
  skipSpace(reader)
  if (!take(reader, 0x3a)) return undefined
  skipSpace(reader)
  return slot
}

/** Compared as bytes, first with the name that comes next in the schema: a text per name would cost more than all values. */
function slotOf(names: readonly Buffer[], bytes: Buffer, start: number, close: number, guess: number): number {
  const count = names.length
  for (let step = 0, slot = guess < count ? guess : 0; step < count; step++, slot = slot + 1 === count ? 0 : slot + 1) {
    if (isName(names[slot]!, bytes, start, close)) return slot
  }
  return -1
}

function isName(name: Buffer, bytes: Buffer, start: number, close: number): boolean {
  if (name.length !== close - start) return false
  for (let index = 0; index < name.length; index++) if (name[index] !== bytes[start + index]) return false
  return true
}

/** False where it abstains; also for a field that comes twice, of which the last would count. */
function readField(reader: Reader, { reads }: Slots, slot: number, values: unknown[]): boolean {
  if (slot === -1) return skipValue(reader)
  if (values[slot] !== undefined) return false
  values[slot] = reads[slot]!(reader)
  return values[slot] !== undefined
}

function hasRequired({ fields }: ObjectShape, values: readonly unknown[]): boolean {
  for (let slot = 0; slot < fields.length; slot++) {
    if (values[slot] === undefined && !fields[slot]!.optional) return false
  }
  return true
}

function build({ fields }: ObjectShape, values: readonly unknown[]): Record<string, unknown> {
  const built: Record<string, unknown> = {}
  for (let slot = 0; slot < fields.length; slot++) {
    if (values[slot] !== undefined) built[fields[slot]!.name] = values[slot]
  }
  return built
}
