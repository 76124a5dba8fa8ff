import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { setCrc } from '../../src/wire/batch/batch-layout.ts'
import {
  BatchBuilder,
  type RecordBatch,
  readBatches,
  setBaseOffset,
  setLogAppendTime,
  setPartitionLeaderEpoch,
} from '../../src/wire/batch.ts'

interface Plain {
  readonly offset: number
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
}

function plainRecords(batch: RecordBatch): Plain[] {
  const records: Plain[] = []
  for (const cursor = batch.cursor(); cursor.next(); ) {
    const { bytes, offset, timestamp, keyStart, keyEnd, valueStart, valueEnd } = cursor
    const key = keyStart < 0 ? null : bytes.toString('utf8', keyStart, keyEnd)
    const value = valueStart < 0 ? null : bytes.toString('utf8', valueStart, valueEnd)
    records.push({ offset, timestamp, key, value })
  }
  return records
}

function build(count: number, value = 'value'): Buffer {
  const builder = new BatchBuilder()
  for (let index = 0; index < count; index++) builder.append(1_000 + index, `key-${index}`, value)
  return builder.build({})
}

const text = fc.option(fc.string({ unit: 'grapheme', maxLength: 200 }))
const anyRecords = fc.array(
  fc.record({ timestamp: fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }), key: text, value: text }),
  { maxLength: 20 },
)

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
  'whatever is appended is read back, compression %s',
  (compression) => {
    const builder = new BatchBuilder(64)
    fc.assert(
      fc.property(anyRecords, (records) => {
        for (const { timestamp, key, value } of records) builder.append(timestamp, key, value)
        const size = builder.sizeInBytes
        const bytes = builder.build({ compression })
        // What would not become smaller is left as it is.
        const isSmaller = bytes.length < size
        expect(bytes.length).toBeLessThanOrEqual(size)
        const [batch] = readBatches(bytes)
        expect(batch!.isCrcValid()).toBe(true)
        expect(batch!.compression).toBe(isSmaller ? compression : 'none')
        expect(batch!.recordCount).toBe(records.length)
        expect(plainRecords(batch!)).toEqual(records.map((record, offset) => ({ offset, ...record })))
        expect(builder.count).toBe(0)
      }),
      { seed: 21, numRuns: 200 },
    )
  },
)

test('texts of every length around the fast paths, ASCII and not', () => {
  for (const letter of ['a', 'é', '∑', '🙂', '\u{7f}', '\u{80}']) {
    const builder = new BatchBuilder(61)
    const texts = Array.from({ length: 140 }, (_, length) => letter.repeat(length))
    for (const each of texts) builder.append(0, each, `${each}z`)
    const [batch] = readBatches(builder.build({}))
    expect(plainRecords(batch!)).toEqual(texts.map((key, offset) => ({ offset, timestamp: 0, key, value: `${key}z` })))
  }
})

test('a lone surrogate becomes the replacement character, as everywhere in UTF-8', () => {
  const builder = new BatchBuilder()
  builder.append(0, '\u{d800}', `x${'\u{dc00}'.repeat(30)}`)
  const [batch] = readBatches(builder.build({}))
  expect(plainRecords(batch!)).toEqual([
    { offset: 0, timestamp: 0, key: '\u{fffd}', value: `x${'\u{fffd}'.repeat(30)}` },
  ])
})

test('undo takes back what came after the mark, and nothing else', () => {
  const builder = new BatchBuilder(64)
  builder.append(10, 'kept', 'one')
  const { count, sizeInBytes } = builder
  builder.append(99_999, 'taken', 'x'.repeat(1_000), [{ name: 'h', value: null }])
  builder.append(5, 'taken too', 'ünicode')
  expect(builder.count).toBe(3)
  builder.undoTo(count, sizeInBytes)
  expect([builder.count, builder.sizeInBytes, builder.maxTimestamp]).toEqual([1, sizeInBytes, 10])
  builder.append(20, 'kept too', null)
  const [batch] = readBatches(builder.build({}))
  expect(batch!.maxTimestamp).toBe(20)
  expect(plainRecords(batch!)).toEqual([
    { offset: 0, timestamp: 10, key: 'kept', value: 'one' },
    { offset: 1, timestamp: 20, key: 'kept too', value: null },
  ])
})

test('undo to the beginning lets the next record set the base timestamp', () => {
  const builder = new BatchBuilder()
  const { count, sizeInBytes } = builder
  builder.append(7_000, null, 'taken')
  builder.undoTo(count, sizeInBytes)
  builder.append(3, null, 'kept')
  const [batch] = readBatches(builder.build({}))
  expect(batch!.baseTimestamp).toBe(3)
  expect(batch!.maxTimestamp).toBe(3)
})

test('the highest time is right whatever is taken back, and whatever comes after that', () => {
  const step = fc.oneof(
    fc.record({ append: fc.integer({ min: -1, max: 50 }) }),
    fc.record({ undo: fc.integer({ min: 0, max: 3 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const builder = new BatchBuilder()
      const kept: { readonly time: number; readonly count: number; readonly sizeInBytes: number }[] = []
      for (const each of steps) {
        if ('append' in each) {
          kept.push({ time: each.append, count: builder.count, sizeInBytes: builder.sizeInBytes })
          builder.append(each.append, null, 'value')
        } else {
          const [first] = kept.splice(Math.max(0, kept.length - each.undo))
          if (first !== undefined) builder.undoTo(first.count, first.sizeInBytes)
        }
      }
      expect(builder.maxTimestamp).toBe(Math.max(-1, ...kept.map(({ time }) => time)))
    }),
    { seed: 7, numRuns: 300 },
  )
})

describe('a value that is written in place', () => {
  const latin = { write: (value: string, bytes: Buffer, at: number) => at + bytes.write(value, at, 'latin1') }

  test('makes the same bytes as its text, whatever the lengths before it', () => {
    const lengths = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constantFrom(63, 64, 8_100, 8_191, 8_192, 20_000))
    const record = fc.record({ key: fc.option(fc.string({ unit: 'grapheme', maxLength: 80 })), length: lengths })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (records) => {
        const [plain, written] = [new BatchBuilder(), new BatchBuilder(500_000)]
        for (const [time, { key, length }] of records.entries()) {
          plain.append(time, key, 'v'.repeat(length))
          if (!written.appendWritten(time, key, latin, 'v'.repeat(length))) throw new Error('there was room')
        }
        expect(written.build({}).equals(plain.build({}))).toBe(true)
      }),
      { seed: 3, numRuns: 200 },
    )
  })

  test('is not there when its writer says no, or found no room', () => {
    const builder = new BatchBuilder(64)
    builder.append(5, 'key', 'kept')
    const { count, sizeInBytes } = builder
    expect(builder.appendWritten(6, 'key', { write: () => -1 }, '')).toBe(false)
    const fills = { write: (_value: string, bytes: Buffer) => bytes.length }
    expect(builder.appendWritten(7, 'key', fills, '')).toBe(false)
    expect([builder.count, builder.sizeInBytes, builder.maxTimestamp]).toEqual([count, sizeInBytes, 5])
    builder.append(8, null, 'kept too')
    expect(plainRecords(readBatches(builder.build({}))[0]!).map(({ value }) => value)).toEqual(['kept', 'kept too'])
  })
})

test('a place from before build or reset is refused', () => {
  const builder = new BatchBuilder()
  builder.append(1, null, 'a')
  const { count, sizeInBytes } = builder
  builder.build({})
  expect(() => builder.undoTo(count, sizeInBytes)).toThrow(RangeError)
  builder.append(1, null, 'a')
  builder.reset()
  expect(() => builder.undoTo(count, sizeInBytes)).toThrow(RangeError)
})

test('a built batch keeps its bytes while the builder goes on', () => {
  const builder = new BatchBuilder()
  builder.append(1, 'first', 'batch')
  const first = builder.build({})
  const copy = Buffer.from(first)
  builder.append(2, 'second', 'batch')
  const second = builder.build({})
  expect(first).toEqual(copy)
  expect(second).not.toEqual(copy)
})

test('an empty batch still advances', () => {
  const bytes = build(0)
  bytes.writeInt32BE(4, 23)
  setCrc(bytes, 0)
  setBaseOffset(bytes, 0, 100)
  const [batch] = readBatches(bytes)
  expect(batch!.recordCount).toBe(0)
  expect(batch!.cursor().next()).toBe(false)
  expect(batch!.nextOffset).toBe(105)
})

test('header fields are patched in place', () => {
  const bytes = Buffer.concat([build(1), build(3)])
  const start = build(1).length
  setBaseOffset(bytes, start, 9_000)
  setPartitionLeaderEpoch(bytes, start, 12)
  setLogAppendTime(bytes, start, 1_234_567)
  const [untouched, batch] = readBatches(bytes)
  expect(untouched!.timestampType).toBe('CreateTime')
  expect(untouched!.isCrcValid()).toBe(true)
  expect(batch!.isCrcValid()).toBe(true)
  expect(batch!.partitionLeaderEpoch).toBe(12)
  expect(batch!.timestampType).toBe('LogAppendTime')
  expect(plainRecords(batch!).map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
    [9_000, 1_234_567],
    [9_001, 1_234_567],
    [9_002, 1_234_567],
  ])
})

test('a changed byte breaks the checksum', () => {
  const bytes = build(2)
  for (let at = 21; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] = changed[at]! ^ 1
    expect(readBatches(changed)[0]!.isCrcValid()).toBe(false)
  }
})

test('a tail that was cut off is left out, wherever the cut is', () => {
  const first = build(2)
  const bytes = Buffer.concat([first, build(3)])
  for (let length = 0; length < bytes.length; length++) {
    const expected = length < first.length ? 0 : 1
    expect(readBatches(bytes.subarray(0, length))).toHaveLength(expected)
  }
  expect(readBatches(bytes)).toHaveLength(2)
})

test.each([
  ['a length below the header', 8, Buffer.from('00000030', 'hex'), 'invalid-length'],
  ['a negative length', 8, Buffer.from('ffffffff', 'hex'), 'invalid-length'],
  ['an older format', 16, Buffer.from([1]), 'unsupported-magic'],
])('%s is refused', (_, at, patch, reason) => {
  const bytes = build(1)
  patch.copy(bytes, at)
  expect(() => readBatches(bytes)).toThrow(expect.objectContaining({ reason }))
})

test('an unknown compression is refused when records are asked for', () => {
  const bytes = build(1)
  bytes.writeInt16BE(5, 21)
  expect(() => readBatches(bytes)[0]!.cursor()).toThrow(expect.objectContaining({ reason: 'unsupported-compression' }))
})

test.each([
  ['more records than there are', 3],
  ['fewer records than there are', 1],
  ['a negative count', -1],
])('%s is refused', (_, count) => {
  const bytes = build(2)
  bytes.writeInt32BE(count, 57)
  expect(() => plainRecords(readBatches(bytes)[0]!)).toThrow(expect.objectContaining({ name: 'WireError' }))
})

test('whatever byte of the records is changed, reading stays inside the batch', () => {
  const first = build(3)
  const bytes = Buffer.concat([first, build(2)])
  for (let at = 61; at < first.length; at++) {
    for (const value of [0, 1, 2, 0x7f, 0x80, 0xff]) {
      const changed = Buffer.from(bytes)
      changed[at] = value
      let last = 61
      try {
        for (const cursor = readBatches(changed)[0]!.cursor(); cursor.next(); ) {
          cursor.headers()
          last = Math.max(cursor.keyEnd, cursor.valueEnd)
        }
      } catch (problem) {
        expect(problem).toHaveProperty('name', 'WireError')
      }
      expect(last).toBeLessThanOrEqual(first.length)
    }
  }
})

test('controlType refuses an ordinary batch', () => {
  expect(() => readBatches(build(1))[0]!.controlType()).toThrow(expect.objectContaining({ reason: 'corrupt' }))
})

test.each([Number.NaN, 1.5, 2 ** 60])('the timestamp %d is refused', (timestamp) => {
  const builder = new BatchBuilder()
  expect(() => builder.append(timestamp, null, null)).toThrow(expect.objectContaining({ reason: 'invalid-value' }))
  expect(builder.count).toBe(0)
})
