/** Partitions on disk, and what a test reads from them. */
import { TopicConfigs } from '../../src/broker/configs.ts'
import { PartitionLog } from '../../src/broker/log/log.ts'
import { policyOf } from '../../src/broker/log/policy.ts'
import { DirectoryData } from '../../src/broker/storage/directory.ts'
import type { FlushPolicy } from '../../src/broker/storage/file-segment.ts'
import { type FileSystem, nodeFileSystem } from '../../src/broker/storage/file-system.ts'
import { type RecordBatch, readBatches } from '../../src/wire/batch.ts'
import { errorName } from '../../src/wire/errors.ts'
import { type BatchOptions, batchOf } from './wire-client.ts'

export function openData(
  directory: string,
  flush: FlushPolicy = 'none',
  files: FileSystem = nodeFileSystem,
): DirectoryData {
  return new DirectoryData({ directory, flush, files })
}

export function openLog(
  data: DirectoryData,
  configs: Readonly<Record<string, string>> = {},
  partition = 0,
): PartitionLog {
  const policy = policyOf(new TopicConfigs(new Map(Object.entries(configs))))
  const storage = data.partition('orders', partition)
  return new PartitionLog({ storage, policy: () => policy, checksTail: data.checksTails })
}

export function append(
  log: PartitionLog,
  values: readonly string[],
  options: BatchOptions = {},
  time?: number,
): string {
  const [batch] = readBatches(batchOf(values, options, time))
  const appended = log.append(batch!, -1)
  return appended.errorCode === 0 ? `@${appended.offset}` : errorName(appended.errorCode)
}

export const everything = { below: Number.MAX_SAFE_INTEGER, maximumBytes: 1e9, atLeastOne: true }

/** All batches from `offset` on, read as a client does: question after question. */
export function batchesFrom(log: PartitionLog, offset: number): RecordBatch[] {
  const batches: RecordBatch[] = []
  for (let at = offset; ; ) {
    const { parts, nextOffset } = log.read(at, everything)
    if (parts.length === 0) return batches
    batches.push(...readBatches(Buffer.concat(parts)))
    at = nextOffset
  }
}

/** `offset:key=value` of every record from the start on; `offset:commit` or `offset:abort` of markers. */
export function recordsOf(log: PartitionLog, offset: number = log.startOffset): string[] {
  return batchesFrom(log, offset).flatMap((batch) => {
    if (batch.isControl) return batch.recordCount === 0 ? [] : [`${batch.baseOffset}:${batch.controlType()}`]
    const found: string[] = []
    for (const cursor = batch.cursor(); cursor.next(); ) {
      const { bytes, keyStart, keyEnd, valueStart, valueEnd } = cursor
      const key = keyStart < 0 ? '' : `${bytes.toString('utf8', keyStart, keyEnd)}=`
      found.push(`${cursor.offset}:${key}${valueStart < 0 ? 'null' : bytes.toString('utf8', valueStart, valueEnd)}`)
    }
    return found
  })
}
