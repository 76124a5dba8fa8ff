import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { apis } from '../../src/wire/apis/index.ts'
import {
  decodeRequest,
  decodeRequestHeader,
  decodeResponse,
  decodeStruct,
  encodeRequest,
  encodeRequestChunks,
  encodeResponse,
  encodeResponseChunks,
  encodeStruct,
} from '../../src/wire/codec.ts'
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../../src/wire/consumer-protocol.ts'
import { toKafkaJson } from '../peers/wire-oracle/cases.ts'

interface GoldenCase {
  readonly name: string
  readonly kind: 'request' | 'response' | 'struct'
  readonly key: number
  readonly version: number
  readonly value: object
  readonly bytes: string
}

const file = new URL('../golden/wire.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly GoldenCase[] }
const structs = { ConsumerProtocolSubscription, ConsumerProtocolAssignment }

test('the golden file has every message in every version', () => {
  const expected = [...apis.values()].reduce((sum, { versions }) => sum + 2 * (versions[1] - versions[0] + 1), 8)
  expect(cases).toHaveLength(expected)
})

test.each(cases.filter(({ kind }) => kind === 'request'))(
  '$name request $version is read and written as Kafka does',
  ({ key, version, value, bytes }) => {
    const api = apis.get(key)!
    const frame = Buffer.from(bytes, 'hex')
    const header = decodeRequestHeader(frame)
    expect(header).toMatchObject({ apiKey: key, apiVersion: version, correlationId: 1_234_567, clientId: 'millrace-ü' })
    const body = decodeRequest(api, version, frame, header.bodyOffset)
    expect(toKafkaJson(body)).toMatchObject(value)
    const encoded = encodeRequest(api, version, header, body)
    expect(encoded.readInt32BE(0)).toBe(frame.length)
    expect(encoded.toString('hex', 4)).toBe(bytes)
    expect(Buffer.concat(encodeRequestChunks(api, version, header, body))).toEqual(encoded)
  },
)

test.each(cases.filter(({ kind }) => kind === 'response'))(
  '$name response $version is read and written as Kafka does',
  ({ key, version, value, bytes }) => {
    const api = apis.get(key)!
    const frame = Buffer.from(bytes, 'hex')
    const { correlationId, body } = decodeResponse(api, version, frame)
    expect(correlationId).toBe(1_234_567)
    expect(toKafkaJson(body)).toMatchObject(value)
    const encoded = encodeResponse(api, version, correlationId, body)
    expect(encoded.readInt32BE(0)).toBe(frame.length)
    expect(encoded.toString('hex', 4)).toBe(bytes)
    expect(Buffer.concat(encodeResponseChunks(api, version, correlationId, body))).toEqual(encoded)
  },
)

test.each(cases.filter(({ kind }) => kind === 'struct'))(
  '$name $version is read and written as Kafka does',
  ({ name, version, value, bytes }) => {
    const struct = structs[name as keyof typeof structs]
    const decoded = decodeStruct(struct, version, false, Buffer.from(bytes, 'hex'))
    expect(toKafkaJson(decoded)).toMatchObject(value)
    expect(encodeStruct(struct, version, false, decoded as never).toString('hex')).toBe(bytes)
  },
)
