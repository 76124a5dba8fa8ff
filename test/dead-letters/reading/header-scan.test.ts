import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeaderScan } from '../../../src/dead-letters/reading/header-scan.ts'
import type { RecordHeader } from '../../../src/record.ts'
import { BatchBuilder, readBatches } from '../../../src/wire/batch.ts'

const names = ['__millrace.dlq.fingerprint', '__millrace.dlq.version', 'x']

function cursorOf(headers: readonly RecordHeader[]) {
  const builder = new BatchBuilder()
  builder.append(0, null, null, headers)
  const cursor = readBatches(Buffer.from(builder.build({})))[0]!.cursor()
  cursor.next()
  return cursor
}

test('finds by bytes what decoding all headers finds: the last of each name', () => {
  const name = fc.oneof(fc.constantFrom(...names, '__millrace.dlq.fingerprinT', ''), fc.string({ maxLength: 30 }))
  const value = fc.option(fc.string({ maxLength: 80 }).map((text) => Buffer.from(text)))
  fc.assert(
    fc.property(fc.array(fc.record({ name, value })), (headers) => {
      const scan = new HeaderScan(names)
      const cursor = cursorOf(headers)
      scan.read(cursor)
      for (const [index, wanted] of names.entries()) {
        const last = cursor.headers().findLast((header) => header.name === wanted)?.value ?? null
        expect(scan.has(index)).toBe(last !== null)
        expect(scan.text(index)).toBe(last && Buffer.from(last).subarray(0, 64).toString('latin1'))
      }
    }),
  )
})

test('one record leaves nothing to the next', () => {
  const scan = new HeaderScan(names)
  scan.read(cursorOf([{ name: 'x', value: Buffer.from('1') }]))
  scan.read(cursorOf([]))
  expect(scan.has(2)).toBe(false)
})
