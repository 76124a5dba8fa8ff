/** A serde whose schema changes over time: rows that an older version of the program has stored stay readable. */
import type { Serde, SerdeUse } from './serde.ts'

/** Writes its last schema, reads every one. */
export interface EvolvingSerde<T> extends Serde<T> {
  /** 0 for the first schema: also rows that were written before the schema evolved have it. */
  readonly version: number
  /**
   * The next schema, and how a value of the present one becomes one of it. Rows in stores are converted when they are
   * read, and written in the new form when they are next put. Steps are never taken out or put in between.
   */
  to<U>(next: Serde<U>, migrate: (value: T) => U): EvolvingSerde<U>
}

/** A schema, and how its values become those of the next one. */
interface Step {
  readonly serde: Serde<unknown>
  readonly migrate: (value: unknown) => unknown
}

/**
 * Begins with the schema that was used first.
 * @example
 * const totals = evolving(json(TotalV1)).to(json(TotalV2), (one) => ({ ...one, currency: 'EUR' }))
 * stream.aggregate('totals', { as: totals, … })
 */
export function evolving<T>(first: Serde<T>): EvolvingSerde<T> {
  return serdeOf([], first as Serde<unknown>) as EvolvingSerde<T>
}

function serdeOf(steps: readonly Step[], last: Serde<unknown>): EvolvingSerde<unknown> {
  const version = steps.length
  const all = [...steps.map(({ serde }) => serde), last]
  const prepares = all.some((serde) => serde.prepare !== undefined)
  return Object.freeze({
    name: version === 0 ? last.name : `${last.name} version ${version}`,
    nullable: last.nullable,
    version,
    encode: (value: unknown) => last.encode(value),
    ...(last.write && { write: (value: unknown, bytes: Buffer, at: number) => last.write!(value, bytes, at) }),
    decode: (bytes: Buffer, start: number, end: number) => last.decode(bytes, start, end),
    decodeVersion(from: number, bytes: Buffer, start: number, end: number): unknown {
      const value = all[from]!.decode(bytes, start, end)
      return steps.slice(from).reduce((older, { migrate }) => migrate(older), value)
    },
    to: (next: Serde<unknown>, migrate: (value: never) => unknown) =>
      serdeOf([...steps, { serde: last, migrate: migrate as Step['migrate'] }], next),
    ...(prepares && { prepare: (use: SerdeUse) => prepareAll(all, use) }),
  }) as EvolvingSerde<unknown>
}

async function prepareAll(serdes: readonly Serde<unknown>[], use: SerdeUse): Promise<void> {
  await Promise.all(serdes.map((serde) => serde.prepare?.(use)))
}
