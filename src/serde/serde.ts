/** How values become bytes and come back. */

/** Where a serde is used: told to it before a worker takes its first record. */
export interface SerdeUse {
  readonly topic: string
  readonly part: 'key' | 'value'
  /** False where the topic is only read. */
  readonly writes: boolean
}

/**
 * A serializer and deserializer in one value. Both directions are synchronous: they run inside the batch loop.
 * `decode` throws a reject (`faults.ts`) for bytes it can't read; it never repairs or rounds. One that must fetch
 * something first (it has `prepare`) throws `NotReady` (`not-ready.ts`).
 */
export interface Serde<T> {
  /** Shown by `topology describe`. */
  readonly name: string
  /**
   * Reads `bytes[start, end)`; the range is never empty-by-null: a null value is not given to a serde unless it is
   * `nullable`. The bytes belong to a network buffer: what is kept must be copied.
   */
  decode(bytes: Buffer, start: number, end: number): T
  /** Bytes to write, or text that is written as UTF-8. `null` only from a `nullable` serde. */
  encode(value: T): Uint8Array | string | null
  /**
   * Writes what `encode` gives at `bytes[at]`, without making a text or bytes of its own first.
   * @returns where it ends; -1 where it does not fit, or where `encode` has to decide: nothing counts then
   */
  write?(value: T, bytes: Buffer, at: number): number
  /** True when null in Kafka is a value of `T`: then `decode` is not called for null, the value is `null`. */
  readonly nullable: boolean
  /** Of the schema that `encode` writes; rows of a store remember it. Absent is 0. */
  readonly version?: number
  /** Reads what an older version wrote (`evolving.ts`). */
  decodeVersion?(version: number, bytes: Buffer, start: number, end: number): T
  /** Makes ready for a use of it; a worker awaits this for every use before it starts. @throws MillraceError */
  prepare?(use: SerdeUse): Promise<void>
}
