/** A store's values as row bytes and back, whatever version of the schema wrote them. */
import { MillraceError, reject } from '../faults.ts'
import type { RecordHeader } from '../record.ts'
import { findNotReady } from '../serde/not-ready.ts'
import type { Serde } from '../serde/serde.ts'
import { encodeRow, headersOfVersion, valueStartOfRow, versionOfRow } from './row-format.ts'
import type { Encoded } from './store.ts'

/** What a record adds to key and value at most. */
const recordBytes = 64

export class RowCodec {
  /** Of every changelog row written; undefined for a serde without versions. */
  readonly headers: readonly RecordHeader[] | undefined
  private readonly store: string
  private readonly serde: Serde<unknown>
  private readonly version: number

  constructor(store: string, serde: Serde<unknown>) {
    this.store = store
    this.serde = serde
    this.version = serde.version ?? 0
    this.headers = headersOfVersion(this.version)
  }

  /** @throws reject MR3002 for what can't be encoded */
  encode(value: unknown): Encoded | null {
    return this.serde.encode(value)
  }

  /** @throws reject MR3002 for what can't be encoded, MR3005 for what its changelog would not take */
  check(value: unknown, keyBytes: number, maxRowBytes: number): void {
    const encoded = this.encode(value)
    if (encoded === null) return
    const size = keyBytes + Buffer.byteLength(encoded) + recordBytes
    if (size <= maxRowBytes) return
    throw reject(`A row of ${size} bytes is too large for the changelog of ${this.store}, which takes ${maxRowBytes}`, {
      code: 'MR3005',
    })
  }

  /** Which version of the schema a row of an encoded value has. */
  versionOf(encoded: Encoded | null): number {
    return encoded === null ? 0 : this.version
  }

  /** The row of an encoded value; null remembers a deletion. */
  row(encoded: Encoded | null, time: number): Buffer {
    return encodeRow(encoded, time, this.versionOf(encoded))
  }

  /**
   * The value of a row that is not deleted, decoded anew each time: no two readers share an object.
   * @throws MillraceError fatal MR4005 for a row that a newer version of the schema wrote
   */
  value(row: Buffer): unknown {
    return this.decode(versionOfRow(row), row, valueStartOfRow(row))
  }

  /** True when a value may have to wait for its schema. */
  get waits(): boolean {
    return this.serde.prepare !== undefined
  }

  /** Throws NotReady for a value whose schema is not here yet; what else is wrong shows when it is read. */
  warm(version: number, value: Buffer): void {
    warm(() => this.decode(version, value, 0))
  }

  private decode(version: number, bytes: Buffer, start: number): unknown {
    if (version === this.version) return this.serde.decode(bytes, start, bytes.length)
    if (version > this.version || this.serde.decodeVersion === undefined) throw this.newer(version)
    return this.serde.decodeVersion(version, bytes, start, bytes.length)
  }

  private newer(version: number): MillraceError {
    return new MillraceError('fatal', {
      code: 'MR4005',
      what: `The store ${this.store} holds a row of schema version ${version}`,
      why: `this worker knows versions up to ${this.version} only`,
      fix: 'run the newer version of the topology; a migration can not be taken back',
    })
  }
}

/** Runs a decoding whose result nobody wants, for what it may have to wait for. */
export function warm(decode: () => unknown): void {
  try {
    decode()
  } catch (error) {
    if (findNotReady(error) !== undefined) throw error
  }
}
