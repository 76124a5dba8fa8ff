/** Batches of a script, and what of a batch is the same on both brokers. */
import type { Random } from '../../src/random.ts'
import { BatchBuilder, type BuildOptions, type RecordBatch, readBatches } from '../../src/wire/batch.ts'
import { chance, pick } from '../fuzz/random-message.ts'
import type { World } from './world.ts'

const codecs = ['none', 'none', 'none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Codec = (typeof codecs)[number]

export const aCodec = (random: Random): Codec => pick(random, codecs)
/** Compacted topics refuse records without a key. */
export const withoutKey = (random: Random): boolean => chance(random, 0.1)

const firstTime = 1_700_000_000_000
const sureToBeNow = 1_750_000_000_000

/** As many records, a millisecond apart; the last one without a key where that is asked for. */
export function batchOf(count: number, word: string, isKeyless: boolean, options: BuildOptions): Buffer {
  const builder = new BatchBuilder()
  for (let index = 0; index < count; index++) {
    const key = isKeyless && index === count - 1 ? null : `k${index}`
    builder.append(firstTime + index, key, `${word}${index}`)
  }
  return builder.build(options)
}

/** Times of the broker's clock differ. */
export const timeOf = (milliseconds: number): number | 'now' => (milliseconds > sureToBeNow ? 'now' : milliseconds)

/** First of all its offset and its number of records. */
export function batchLine(batch: RecordBatch, world: World): string {
  const { baseOffset, recordCount, producerEpoch, isTransactional, isControl, compression, timestampType } = batch
  const identity = `${world.alias(batch.producerId)} ${producerEpoch} ${batch.baseSequence}`
  const kind = `${isTransactional ? 'transactional' : 'plain'}${isControl ? ' control' : ''}`
  const times = `${timeOf(batch.baseTimestamp)} ${timeOf(batch.maxTimestamp)} ${timestampType}`
  const place = `${baseOffset} ${recordCount} ${batch.lastOffsetDelta} ${batch.partitionLeaderEpoch}`
  return [place, identity, kind, compression, times, isControl ? '' : valuesOf(batch)].join(' ')
}

function valuesOf(batch: RecordBatch): string {
  const values: string[] = []
  for (const cursor = batch.cursor(); cursor.next(); ) {
    values.push(cursor.bytes.toString('latin1', cursor.valueStart, cursor.valueEnd))
  }
  return values.join('+')
}

export function batchLines(records: Buffer | null, world: World): string[] {
  return readBatches(records ?? Buffer.alloc(0)).map((batch) => batchLine(batch, world))
}
