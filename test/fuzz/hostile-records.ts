/** Record sets from good to evil: counts and lengths that lie, checksums that do not fit, bombs. */
import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type Random, randomInteger } from '../../src/random.ts'
import { field, headerSize, lengthOverhead, setCrc } from '../../src/wire/batch/batch-layout.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { mutate, randomBytes } from './mutations.ts'
import { chance, pick } from './random-message.ts'

/** A record set; half of them are sound. */
export function randomRecords(random: Random): Buffer {
  const batch = soundBatch(random)
  return chance(random, 0.5) ? batch : pick(random, evils)(batch, random)
}

function soundBatch(random: Random): Buffer {
  const builder = new BatchBuilder()
  for (let records = randomInteger(random, 1, 3); records > 0; records--) {
    builder.append(
      1_750_000_000_000 + randomInteger(random, 0, 1000),
      'key',
      randomBytes(random, randomInteger(random, 0, 40)),
    )
  }
  const isIdempotent = chance(random, 0.5)
  return builder.build({
    producerId: isIdempotent ? randomInteger(random, 0, 3) : -1,
    producerEpoch: isIdempotent ? randomInteger(random, 0, 2) : -1,
    baseSequence: isIdempotent ? randomInteger(random, 0, 3) : -1,
    transactional: isIdempotent && chance(random, 0.5),
    compression: pick(random, ['none', 'gzip', 'zstd'] as const),
  })
}

type Evil = (batch: Buffer, random: Random) => Buffer

/** Those that change the header make the checksum fit again, or nothing behind it would be looked at. */
const evils: readonly Evil[] = [
  (batch, random) => mutate(batch, random),
  (batch, random) => mended(mutate(Buffer.from(batch), random)),
  (batch) => withHeader(batch, (bytes) => bytes.writeInt32BE(0x7fffffff, field.recordCount)),
  (batch) => withHeader(batch, (bytes) => bytes.writeInt32BE(-1, field.recordCount)),
  (batch) => withHeader(batch, (bytes) => bytes.writeInt32BE(0x7fffffff, field.lastOffsetDelta)),
  (batch, random) =>
    withHeader(batch, (bytes) => bytes.writeInt16BE(randomInteger(random, 0, 0x7fff), field.attributes)),
  (batch, random) => Buffer.concat([batch, batch.subarray(0, randomInteger(random, 0, batch.length))]),
  () => Buffer.alloc(0),
  (_, random) => bomb(pick(random, [1, 4]), random),
  (_, random) => randomBytes(random, randomInteger(random, 1, 200)),
]

function withHeader(batch: Buffer, change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(batch)
  change(bytes)
  return mended(bytes)
}

/** With a length and a checksum that fit. */
function mended(bytes: Buffer): Buffer {
  if (bytes.length < headerSize) return bytes
  bytes.writeInt32BE(bytes.length - lengthOverhead, field.batchLength)
  setCrc(bytes, 0)
  return bytes
}

const zeros = Buffer.alloc(64 * 1024 * 1024)
const bombs: Readonly<Record<number, Buffer>> = {
  1: gzipSync(zeros),
  4: zstdCompressSync(zeros),
}

/** A small batch that becomes 64 MiB, or says it is of a kind that its bytes are not. */
function bomb(compression: number, random: Random): Buffer {
  const payload = chance(random, 0.8) ? bombs[compression]! : deflateRawSync(zeros.subarray(0, 1024))
  const bytes = Buffer.concat([soundBatch(random).subarray(0, headerSize), payload])
  bytes.writeInt16BE(compression, field.attributes)
  bytes.writeInt32BE(1_000_000, field.recordCount)
  bytes.writeInt32BE(999_999, field.lastOffsetDelta)
  return mended(bytes)
}
