/** How values become bytes and come back. */

/**
 * A serializer and deserializer in one value. Both directions are synchronous: they run inside the batch loop.
 * `decode` throws a reject (`faults.ts`) for bytes it can't read; it never repairs or rounds.
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
  /** True when null in Kafka is a value of `T`: then `decode` is not called for null, the value is `null`. */
  readonly nullable: boolean
}
