/** Compression of record batches: the codes in a batch's attributes, and both directions. */
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { WireError } from '../wire-error.ts'
import { inflateLz4 } from './lz4.ts'
import { deflateLz4 } from './lz4-deflate.ts'
import { inflateSnappy } from './snappy.ts'
import { deflateSnappy } from './snappy-deflate.ts'

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

const names: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** The largest that the records of one batch may become, unless the caller says otherwise. */
export const defaultInflatedLimit: number = 128 * 1024 * 1024

/** @throws WireError `unsupported-compression` for a code that Kafka has not given out */
export function compressionOf(code: number): Compression {
  const name = names[code]
  if (name === undefined) throw new WireError('unsupported-compression', `compression ${code} is not known`)
  return name
}

export function compressionCode(compression: Compression): number {
  return names.indexOf(compression)
}

/** How each is written. Speed 3 of zstd and 6 of gzip are Kafka's own defaults, and those of node:zlib. */
const deflaters: Record<Exclude<Compression, 'none'>, (bytes: Uint8Array) => Buffer> = {
  gzip: (bytes) => gzipSync(bytes),
  snappy: deflateSnappy,
  lz4: deflateLz4,
  zstd: (bytes) => zstdCompressSync(bytes),
}

/** A fresh buffer with the compressed bytes. */
export function deflate(compression: Exclude<Compression, 'none'>, bytes: Uint8Array): Buffer {
  return deflaters[compression](bytes)
}

/** How to undo each compression; the second argument is the most it may become. */
const inflaters: Record<Compression, (bytes: Buffer, limit: number) => Buffer> = {
  none: (bytes) => bytes,
  gzip: (bytes, limit) => gunzipSync(bytes, { maxOutputLength: limit }),
  snappy: inflateSnappy,
  lz4: inflateLz4,
  zstd: (bytes, limit) => zstdDecompressSync(bytes, { maxOutputLength: limit }),
}

/** @throws WireError `too-large` when more than `limit` bytes come out, `corrupt` when the bytes are damaged */
export function inflate(compression: Compression, bytes: Buffer, limit: number): Buffer {
  try {
    return inflaters[compression](bytes, limit)
  } catch (cause) {
    if (cause instanceof WireError) throw cause
    const tooLarge = cause instanceof RangeError
    throw new WireError(
      tooLarge ? 'too-large' : 'corrupt',
      tooLarge ? `a ${compression} batch is larger than ${limit} bytes` : `a ${compression} batch cannot be read`,
      { cause },
    )
  }
}
