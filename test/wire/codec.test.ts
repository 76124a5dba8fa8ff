import { readdirSync } from 'node:fs'
import { expect, expectTypeOf, test } from 'vitest'
import {
  ApiVersions,
  apis,
  EndTxn,
  Fetch,
  JoinGroup,
  Metadata,
  Produce,
  TxnOffsetCommit,
} from '../../src/wire/apis/index.ts'
import {
  decodeRequest,
  decodeRequestHeader,
  decodeResponse,
  decodeStruct,
  encodeRequest,
  encodeRequestChunks,
  encodeResponse,
  encodeStruct,
} from '../../src/wire/codec.ts'
import {
  array,
  float64,
  int64,
  nullable,
  type Request,
  type RequestInput,
  type Response,
  type ResponseInput,
  since,
  string,
  tagged,
  uint16,
  uint32,
  uuid,
} from '../../src/wire/schema.ts'

const header = { correlationId: 1, clientId: 'test' }

const offsets: RequestInput<typeof TxnOffsetCommit> = {
  transactionalId: 't',
  groupId: 'g',
  producerId: 1,
  producerEpoch: 0,
  topics: [],
}

test('types are inferred from the schema', () => {
  expectTypeOf<Response<typeof EndTxn>>().toEqualTypeOf<{
    throttleTimeMs: number
    errorCode: number
    producerId: number
    producerEpoch: number
  }>()
  expectTypeOf<Request<typeof Metadata>['topics']>().toEqualTypeOf<{ topicId: string; name: string | null }[] | null>()
  expectTypeOf<{ throttleTimeMs: 0; errorCode: 0 }>().toExtend<ResponseInput<typeof EndTxn>>()
  expectTypeOf<{ errorCode: 0 }>().not.toExtend<ResponseInput<typeof EndTxn>>()
  expectTypeOf<{ throttleTimeMs: 'none'; errorCode: 0 }>().not.toExtend<ResponseInput<typeof EndTxn>>()
})

test('a generation is never dropped from TxnOffsetCommit: versions below 3 refuse it', () => {
  expect(() => encodeRequest(TxnOffsetCommit, 2, header, { ...offsets, generationId: 7 })).toThrow(
    expect.objectContaining({ reason: 'unsupported-field', message: expect.stringContaining('generationId') }),
  )
  expect(encodeRequest(TxnOffsetCommit, 2, header, { ...offsets, generationId: -1 })).toEqual(
    encodeRequest(TxnOffsetCommit, 2, header, offsets),
  )
  const frame = encodeRequest(TxnOffsetCommit, 3, header, { ...offsets, generationId: 7 }).subarray(4)
  const { bodyOffset } = decodeRequestHeader(frame)
  expect(decodeRequest(TxnOffsetCommit, 3, frame, bodyOffset).generationId).toBe(7)
})

test('ignorable fields are left out without a word', () => {
  const body = { errorCode: 0, apiKeys: [], throttleTimeMs: 5 }
  const frame = encodeResponse(ApiVersions, 0, 1, body).subarray(4)
  expect(decodeResponse(ApiVersions, 0, frame).body.throttleTimeMs).toBe(0)
})

test('absent fields are read as their fallback, fresh each time', () => {
  const frame = encodeResponse(EndTxn, 0, 1, { throttleTimeMs: 0, errorCode: 0 }).subarray(4)
  expect(decodeResponse(EndTxn, 0, frame).body).toMatchObject({ producerId: -1, producerEpoch: -1 })
  const empty = encodeResponse(Fetch, 12, 1, { throttleTimeMs: 0, responses: [] }).subarray(4)
  const first = decodeResponse(Fetch, 12, empty).body
  first.nodeEndpoints.push({ nodeId: 1, host: 'h', port: 1, rack: null })
  expect(decodeResponse(Fetch, 12, empty).body.nodeEndpoints).toEqual([])
})

test.each([0, 1, 2, 3, 4])('the answer to ApiVersions %i has the classic header', (version) => {
  const frame = encodeResponse(ApiVersions, version, 42, { errorCode: 35, apiKeys: [] }).subarray(4)
  expect(frame.readInt32BE(0)).toBe(42)
  expect(frame.readInt16BE(4)).toBe(35)
})

test('the header of an ApiVersions request above our highest version can be read', () => {
  const frame = encodeRequest(ApiVersions, 4, header, { clientSoftwareName: 'n', clientSoftwareVersion: '1' }).subarray(
    4,
  )
  frame.writeInt16BE(9, 2)
  expect(decodeRequestHeader(frame)).toMatchObject({ apiKey: 18, apiVersion: 9, correlationId: 1, clientId: 'test' })
})

test('the client id keeps its classic form in flexible headers', () => {
  const frame = encodeRequest(Metadata, 12, { correlationId: 1, clientId: 'ab' }, { topics: null })
  expect(frame.toString('hex', 12, 17)).toBe('0002616200')
})

test('a null list differs from an empty one', () => {
  for (const version of [1, 12]) {
    for (const topics of [null, []]) {
      const frame = encodeRequest(Metadata, version, header, { topics }).subarray(4)
      const { bodyOffset } = decodeRequestHeader(frame)
      expect(decodeRequest(Metadata, version, frame, bodyOffset).topics).toEqual(topics)
    }
  }
  expect(() => encodeRequest(Metadata, 0, header, { topics: null })).toThrow(
    expect.objectContaining({ reason: 'invalid-value' }),
  )
})

test('a nullable struct is one byte in front', () => {
  const struct = { cursor: nullable({ name: string }) }
  expect(encodeStruct(struct, 0, true, { cursor: null }).toString('hex')).toBe('ff00')
  expect(encodeStruct(struct, 0, true, { cursor: { name: 'a' } }).toString('hex')).toBe('0102610000')
  expect(decodeStruct(struct, 0, true, Buffer.from('0102610000', 'hex'))).toEqual({ cursor: { name: 'a' } })
})

test('an empty record set is length 0 and null is -1', () => {
  const produce = (records: Buffer | null): string =>
    encodeRequest(Produce, 3, header, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 0,
      topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
    }).toString('hex')
  expect(produce(Buffer.alloc(0))).toMatch(/00000000$/)
  expect(produce(null)).toMatch(/ffffffff$/)
})

test('large record sets are referred to, in pieces or whole, and not copied', () => {
  const pieces = [Buffer.alloc(3_000, 1), Buffer.alloc(5_000, 2)]
  const body = (records: Buffer | Buffer[]): RequestInput<typeof Produce> => ({
    transactionalId: null,
    acks: -1,
    timeoutMs: 0,
    topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
  })
  const chunks = encodeRequestChunks(Produce, 9, header, body(pieces))
  expect(chunks.filter((chunk) => pieces.some((piece) => piece.buffer === chunk.buffer))).toHaveLength(2)
  const whole = encodeRequest(Produce, 9, header, body(Buffer.concat(pieces)))
  expect(Buffer.concat(chunks)).toEqual(whole)
  const frame = whole.subarray(4)
  const decoded = decodeRequest(Produce, 9, frame, decodeRequestHeader(frame).bodyOffset)
  const records = decoded.topicData[0]?.partitionData[0]?.records
  expect(records?.buffer).toBe(frame.buffer)
  expect(records).toEqual(Buffer.concat(pieces))
})

test('unknown tags are skipped', () => {
  const newer = { name: string, extra: tagged(0, 0, string), also: tagged(7, 0, int64, -1) }
  const older = { name: string, also: tagged(7, 0, int64, -1) }
  const bytes = encodeStruct(newer, 0, true, { name: 'a', extra: 'later', also: 9 })
  expect(decodeStruct(older, 0, true, bytes)).toEqual({ name: 'a', also: 9 })
})

test('tagged fields are written only when they differ from the fallback', () => {
  const struct = { state: tagged(1, 0, { id: int64, names: array(string) }, { id: -1, names: [] }) }
  const silent = encodeStruct(struct, 0, true, {})
  expect(silent.toString('hex')).toBe('00')
  expect(encodeStruct(struct, 0, true, { state: { id: -1, names: [] } })).toEqual(silent)
  expect(encodeStruct(struct, 0, true, { state: { id: -1, names: ['a'] } })).not.toEqual(silent)
})

test('the words that no API of ours uses', () => {
  const struct = { short: uint16, long: uint32, ratio: float64 }
  const value = { short: 65_535, long: 4_294_967_295, ratio: -0.125 }
  const bytes = encodeStruct(struct, 0, false, value)
  expect(bytes.toString('hex')).toBe('ffffffffffffbfc0000000000000')
  expect(decodeStruct(struct, 0, false, bytes)).toEqual(value)
})

test.each([
  ['a number that is too large', { long: 2 ** 53 }, 'out-of-range'],
  ['a fraction', { long: 0.5 }, 'out-of-range'],
  ['a missing field', {}, 'invalid-value'],
  ['a number for a text', { long: 1, text: 5 }, 'invalid-value'],
  ['a short uuid', { long: 1, text: '', id: 'AAAA' }, 'invalid-value'],
])('encoding refuses %s', (_, value, reason) => {
  const struct = { long: int64, text: since(0, string), id: since(0, uuid) }
  expect(() => encodeStruct(struct, 0, false, value as never)).toThrow(expect.objectContaining({ reason }))
})

test('int64 beyond 2^53 is refused, up to 2^53 exact', () => {
  const struct = { value: int64 }
  for (const value of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -1, 0, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1]) {
    expect(decodeStruct(struct, 0, false, encodeStruct(struct, 0, false, { value }))).toEqual({ value })
  }
  for (const hex of ['7fffffffffffffff', '0020000000000000', '8000000000000000']) {
    expect(() => decodeStruct(struct, 0, false, Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({ reason: 'out-of-range' }),
    )
  }
})

test.each([
  [JoinGroup, -1],
  [JoinGroup, 10],
  [Produce, 2],
  [Produce, 13],
  [Fetch, 3.5],
])('a version that is not described is refused, never guessed', (api, version) => {
  expect(() => decodeResponse(api, version, Buffer.alloc(64))).toThrow(
    expect.objectContaining({ reason: 'unknown-version' }),
  )
})

test('an unknown API key is refused', () => {
  expect(() => decodeRequestHeader(Buffer.from('03e7000000000001ffff', 'hex'))).toThrow(
    expect.objectContaining({ reason: 'unknown-api' }),
  )
})

test.each([
  ['a list', { list: array(int64) }, '7fffffff', 'invalid-length'],
  ['a list of structs without fields', { list: array({}) }, '7fffffff', 'invalid-length'],
  ['a text', { text: string }, '7fff', 'truncated'],
  ['a negative text', { text: string }, 'fffe', 'invalid-length'],
  ['a null text', { text: string }, 'ffff', 'invalid-value'],
])('%s with a hostile length is refused', (_, struct, hex, reason) => {
  expect(() => decodeStruct(struct, 0, false, Buffer.from(hex, 'hex'))).toThrow(expect.objectContaining({ reason }))
})

test.each([
  ['a compact list', { list: array(int64) }, 'ffffffff0f', 'invalid-length'],
  ['a compact text', { text: string }, 'ffffffff0f', 'truncated'],
  ['a length that does not end', { text: string }, 'ffffffffffff', 'corrupt'],
  ['tags without content', {}, 'ffffffff0f', 'truncated'],
  ['a tag beyond the end', {}, '0100ffff03', 'truncated'],
])('%s with a hostile length is refused', (_, struct, hex, reason) => {
  expect(() => decodeStruct(struct, 0, true, Buffer.from(hex, 'hex'))).toThrow(expect.objectContaining({ reason }))
})

test('every API is registered once, under its key', () => {
  for (const [key, api] of apis) expect(api.key).toBe(key)
  // A file each, beside the list of them.
  expect(apis.size).toBe(readdirSync(new URL('../../src/wire/apis', import.meta.url)).length - 1)
})
