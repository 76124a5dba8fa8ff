import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  BatchBuilder,
  buildControlBatch,
  type ControlBatchOptions,
  type RecordBatch,
  readBatches,
  setBaseOffset,
} from '../../src/wire/batch.ts'
import { inflateSnappy } from '../../src/wire/compression/snappy.ts'
import { type BatchCase, type BatchRecord, manyRecords, rawSnappyText } from '../peers/wire-oracle/cases.ts'

interface Golden {
  readonly batches: readonly (BatchCase & { readonly bytes: string })[]
  readonly many: readonly { readonly compression: string; readonly bytes: string }[]
  readonly control: readonly {
    readonly batch: ControlBatchOptions & { readonly control: string }
    readonly bytes: string
  }[]
  readonly rawSnappy: string
}

const file = new URL('../golden/batches.json', import.meta.url)
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden

/** The records of a batch as the oracle was given them. */
function recordsOf(batch: RecordBatch): BatchRecord[] {
  const records: BatchRecord[] = []
  const cursor = batch.cursor()
  while (cursor.next()) {
    const text = (start: number, end: number): string | null =>
      start < 0 ? null : cursor.bytes.toString('utf8', start, end)
    expect(cursor.offset).toBe(batch.baseOffset + records.length)
    records.push({
      timestamp: cursor.timestamp,
      key: text(cursor.keyStart, cursor.keyEnd),
      value: text(cursor.valueStart, cursor.valueEnd),
      headers: cursor
        .headers()
        .map(({ name, value }) => ({ name, value: value === null ? null : Buffer.from(value).toString() })),
    })
  }
  return records
}

test.each(golden.batches)('a batch written by Kafka is read: $title', ({ batch: options, records, bytes }) => {
  const raw = Buffer.from(bytes, 'base64')
  const [batch, ...others] = readBatches(raw)
  expect(others).toEqual([])
  const { logAppendTime, ...header } = options
  expect(batch).toMatchObject(
    Object.fromEntries(
      Object.entries(header).map(([name, value]) => [name === 'transactional' ? 'isTransactional' : name, value]),
    ),
  )
  expect(batch!.isCrcValid()).toBe(true)
  expect(batch!.isControl).toBe(false)
  expect(batch!.recordCount).toBe(records.length)
  expect(batch!.nextOffset).toBe(Number(options.baseOffset ?? 0) + records.length)
  expect(batch!.sizeInBytes).toBe(raw.length)
  expect(batch!.timestampType).toBe(logAppendTime === undefined ? 'CreateTime' : 'LogAppendTime')
  const expected = records.map((record) => ({ ...record, timestamp: Number(logAppendTime ?? record.timestamp) }))
  expect(batch!.maxTimestamp).toBe(Math.max(...expected.map(({ timestamp }) => timestamp)))
  expect(recordsOf(batch!)).toEqual(expected)
})

test.each(golden.batches.filter(({ batch }) => batch.compression === undefined && batch.logAppendTime === undefined))(
  'we write the bytes that Kafka writes: $title',
  ({ batch: options, records, bytes }) => {
    for (const encode of [(text: string) => text, (text: string) => Buffer.from(text)]) {
      const builder = new BatchBuilder(64)
      for (const { timestamp, key, value, headers } of records) {
        const named = headers.map(({ name, value }) => ({ name, value: value === null ? null : Buffer.from(value) }))
        builder.append(timestamp, key === null ? null : encode(key), value === null ? null : encode(value), named)
      }
      expect(builder.sizeInBytes).toBe(Buffer.from(bytes, 'base64').length)
      expect(builder.build(options).toString('base64')).toBe(bytes)
    }
  },
)

test.each(golden.many)('800 records compressed by Kafka with $compression are read', ({ compression, bytes }) => {
  const [batch] = readBatches(Buffer.from(bytes, 'base64'))
  expect(batch!.compression).toBe(compression)
  expect(recordsOf(batch!)).toEqual(manyRecords())
})

test.each(golden.many)('$compression beyond the limit is refused', ({ bytes }) => {
  const [batch] = readBatches(Buffer.from(bytes, 'base64'))
  expect(() => batch!.cursor({ maximumInflatedBytes: 50_000 })).toThrow(
    expect.objectContaining({ reason: 'too-large' }),
  )
})

test.each(golden.many)('damaged $compression is refused or read, and nothing else happens', ({ bytes }) => {
  const raw = Buffer.from(bytes, 'base64')
  let refused = 0
  for (let at = 61; at < raw.length; at += 97) {
    for (const value of [0, 0xff]) {
      const damaged = Buffer.from(raw)
      damaged[at] = value
      const [batch] = readBatches(damaged)
      try {
        for (const cursor = batch!.cursor({ maximumInflatedBytes: 1_000_000 }); cursor.next(); );
      } catch (problem) {
        expect(problem).toHaveProperty('name', 'WireError')
        refused++
      }
    }
  }
  expect(refused).toBeGreaterThan(0)
})

test.each(golden.control)('the marker of a transaction: $batch.control', ({ batch: options, bytes }) => {
  const ours = buildControlBatch({ ...options, type: options.control as 'commit' | 'abort' })
  expect(ours.toString('base64')).toBe(bytes)
  const [batch] = readBatches(Buffer.from(bytes, 'base64'))
  expect(batch!.isControl).toBe(true)
  expect(batch!.isTransactional).toBe(true)
  expect(batch!.controlType()).toBe(options.control)
  expect(batch!.producerId).toBe(options.producerId)
})

test('raw snappy, as librdkafka writes it, is read', () => {
  expect(inflateSnappy(Buffer.from(golden.rawSnappy, 'base64'), 1_000_000).toString()).toBe(rawSnappyText)
})

test('a base offset is patched without touching the checksum', () => {
  const { bytes, records } = golden.batches[0]!
  const raw = Buffer.concat([Buffer.from('noise'), Buffer.from(bytes, 'base64')])
  setBaseOffset(raw, 5, 2 ** 40)
  const [batch] = readBatches(raw.subarray(5))
  expect(batch!.isCrcValid()).toBe(true)
  expect(batch!.baseOffset).toBe(2 ** 40)
  expect(recordsOf(batch!)).toEqual(records)
})
