import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** Encodes and decodes one shape in one version. */
export interface Codec {
  write(out: Writer, value: unknown): void
  read(from: Reader): unknown
  /** How null is written, for shapes that know how to be null. */
  readonly nulls: { write(out: Writer): void; read(from: Reader): unknown } | null
}
