/** Compression for kafkajs, which brings gzip only: batches in any other crash its consumers. */
import kafkajs from 'kafkajs'
import { type Compression, defaultInflatedLimit, deflate, inflate } from '../../wire/compression/compression.ts'

const { CompressionCodecs, CompressionTypes } = kafkajs

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
  decompress(bytes: Buffer): Promise<Buffer>
}

const missing: readonly (readonly [keyof typeof CompressionCodecs, Compression])[] = [
  [CompressionTypes.Snappy, 'snappy'],
  [CompressionTypes.LZ4, 'lz4'],
  [CompressionTypes.ZSTD, 'zstd'],
]

/** Gives kafkajs the codecs it lacks. What the application has registered itself stays. */
export function registerCodecs(): void {
  for (const [type, compression] of missing) {
    if (!isRegistered(type)) CompressionCodecs[type] = () => codecOf(compression)
  }
}

/** kafkajs keeps a function that throws in the place of a codec it lacks. */
function isRegistered(type: keyof typeof CompressionCodecs): boolean {
  try {
    CompressionCodecs[type]()
    return true
  } catch {
    return false
  }
}

function codecOf(compression: Compression): Codec {
  return {
    decompress: async (bytes) => inflate(compression, bytes, defaultInflatedLimit),
    compress: async ({ buffer }) => deflate(compression as Exclude<Compression, 'none'>, buffer),
  }
}
