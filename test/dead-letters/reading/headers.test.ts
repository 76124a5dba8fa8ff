import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reportOf } from '../../../src/dead-letters/reading/headers.ts'
import type { RecordHeader } from '../../../src/record.ts'
import { deadLetterHeaders } from '../../../src/runtime/failures/dead-letter.ts'

function texts(values: Readonly<Record<string, string>>): RecordHeader[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: Buffer.from(value) }))
}

const at = Date.UTC(2026, 10, 21)
const failure = {
  app: 'orders',
  version: '9f86d081884c',
  node: 'price',
  stage: 'process',
  error: new TypeError('no price'),
  task: 'orders-3',
  group: 'orders',
  at,
  source: { topic: 'orders', partition: 3, offset: 41, timestamp: 7, timestampType: 'CreateTime', headers: [] },
} as const

test('what the runtime writes is read back', () => {
  const report = reportOf(deadLetterHeaders(failure))
  expect(report).toMatchObject({
    family: 'millrace',
    source: { topic: 'orders', partition: 3, offset: 41 },
    sourceTime: 7,
    sourceTimestampType: 'CreateTime',
    app: 'orders',
    version: '9f86d081884c',
    node: 'price',
    stage: 'process',
    error: 'TypeError',
    message: 'no price',
    attempts: 1,
    failedAt: at,
    firstFailedAt: at,
    task: 'orders-3',
    redriveCount: 0,
    pointer: null,
    parkedBehind: null,
  })
  expect(report.fingerprint).toMatch(/^[0-9a-f]{12}$/)
})

test('of repeated names the last wins: a record cannot say where it came from', () => {
  const spoofed = texts({ '__streams.errors.topic': 'payroll', '__streams.errors.offset': '1' })
  const headers = deadLetterHeaders({ ...failure, source: { ...failure.source, headers: spoofed } })
  expect(reportOf(headers).source).toEqual({ topic: 'orders', partition: 3, offset: 41 })
})

test('Kafka Streams, Connect and share groups write text', () => {
  const place = { topic: 'in', partition: '2', offset: '5' }
  const named = (prefix: string, more: object) =>
    texts(Object.fromEntries(Object.entries({ ...place, ...more }).map(([name, value]) => [prefix + name, value])))
  expect(reportOf(named('__streams.errors.', { exception: 'java.lang.Error', message: 'm' }))).toMatchObject({
    family: 'streams',
    source: { topic: 'in', partition: 2, offset: 5 },
    error: 'java.lang.Error',
  })
  const connect = { 'connector.name': 'jdbc', 'task.id': '0', stage: 'VALUE_CONVERTER', 'exception.class.name': 'E' }
  expect(reportOf(named('__connect.errors.', connect))).toMatchObject({
    family: 'connect',
    node: 'jdbc',
    stage: 'VALUE_CONVERTER',
    error: 'E',
    source: { offset: 5 },
  })
  expect(reportOf(named('__dlq.errors.', { group: 'g', 'delivery.count': '5' }))).toMatchObject({
    family: 'share-group',
    node: 'g',
    attempts: 5,
  })
})

test('Spring writes numbers as binary', () => {
  const partition = Buffer.alloc(4)
  partition.writeInt32BE(6)
  const offset = Buffer.alloc(8)
  offset.writeBigInt64BE(4_294_967_297n)
  const headers = [
    ...texts({ 'kafka_dlt-original-topic': 'in', 'kafka_dlt-exception-fqcn': 'java.lang.IllegalState' }),
    { name: 'kafka_dlt-original-partition', value: partition },
    { name: 'kafka_dlt-original-offset', value: offset },
  ]
  expect(reportOf(headers)).toMatchObject({
    family: 'spring',
    source: { topic: 'in', partition: 6, offset: 4_294_967_297 },
    error: 'java.lang.IllegalState',
  })
  expect(reportOf(headers).fingerprint).toMatch(/^[0-9a-f]{12}$/)
})

test('hostile headers leave gaps and never throw', () => {
  const prefix = fc.constantFrom('__millrace.dlq.', '__streams.errors.', '__connect.errors.', '__dlq.errors.')
  const rest = fc.constantFrom('topic', 'partition', 'offset', 'attempts', 'failed.at', 'pointer', 'redrive.count')
  const name = fc.oneof(
    fc.tuple(prefix, rest).map((parts) => parts.join('')),
    fc.constantFrom('kafka_dlt-original-offset', 'kafka_dlt-original-partition', '__proto__'),
    fc.string(),
  )
  const value = fc.option(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.bigInt().map((n) => Buffer.from(`${n}`)),
    ),
  )
  fc.assert(
    fc.property(fc.array(fc.record({ name, value })), (headers) => {
      const { source, redriveCount, fingerprint } = reportOf(headers)
      expect(Number.isSafeInteger(source?.offset ?? 0)).toBe(true)
      expect(redriveCount).toBeGreaterThanOrEqual(0)
      expect(typeof fingerprint).toBe('string')
    }),
  )
})
