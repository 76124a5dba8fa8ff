/** What the oracle is asked: every message in every version with random values, and a handful of record batches. */
import fc from 'fast-check'
import { apis } from '../../../src/wire/apis/index.ts'
import { isFlexible } from '../../../src/wire/codec.ts'
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from '../../../src/wire/consumer-protocol.ts'
import type { Struct } from '../../../src/wire/schema.ts'
import { samplesOf } from '../../wire/samples.ts'

export interface MessageCase {
  readonly name: string
  readonly kind: 'request' | 'response' | 'struct'
  readonly key: number
  readonly version: number
  readonly value: unknown
}

const structs = { ConsumerProtocolSubscription, ConsumerProtocolAssignment }

/** `count` cases for each message and version; the same seed gives the same cases. */
export function messageCases(seed: number, count: number, minLength = 0): MessageCase[] {
  const cases: MessageCase[] = []
  const add = (about: Omit<MessageCase, 'value'>, struct: Struct, flexible: boolean): void => {
    const samples = fc.sample(samplesOf(struct, { version: about.version, flexible, minLength }), {
      seed: seed + cases.length,
      numRuns: count,
    })
    for (const value of samples) cases.push({ ...about, value })
  }
  for (const api of apis.values()) {
    const { key, name } = api
    for (let version = api.versions[0]; version <= api.versions[1]; version++) {
      add({ name, kind: 'request', key, version }, api.request, isFlexible(api, version))
      add({ name, kind: 'response', key, version }, api.response, isFlexible(api, version))
    }
  }
  for (const [name, struct] of Object.entries(structs)) {
    for (let version = 0; version <= 3; version++) add({ name, kind: 'struct', key: -1, version }, struct, false)
  }
  return cases
}

/** JSON as Kafka's converters read it: bytes in base64. */
export function toKafkaJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(toKafkaJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toKafkaJson(each)]))
}

export interface BatchRecord {
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly { readonly name: string; readonly value: string | null }[]
}

export interface BatchCase {
  readonly title: string
  readonly batch: Readonly<Record<string, string | number | boolean>>
  readonly records: readonly BatchRecord[]
}

const varied: readonly BatchRecord[] = [
  { timestamp: 1_700_000_000_000, key: 'first', value: 'plain', headers: [] },
  { timestamp: 1_699_999_000_000, key: null, value: 'earlier than the first', headers: [] },
  { timestamp: 1_700_086_400_000, key: 'tombstone', value: null, headers: [] },
  {
    timestamp: 1_700_000_000_001,
    key: '',
    value: '',
    headers: [
      { name: 'trace', value: 'a1' },
      { name: 'trace', value: null },
      { name: 'größe', value: '' },
    ],
  },
  { timestamp: 1_700_000_000_002, key: '鍵', value: 'Größe ∑ 🙂', headers: [] },
]

/** More than one block of snappy's and lz4's framing, with repetitions at short and long distances. */
export function manyRecords(): BatchRecord[] {
  return Array.from({ length: 800 }, (_, index) => ({
    timestamp: 1_700_000_000_000 + index,
    key: `key-${index % 7}`,
    value: `{"sequence":${index},"text":"${'abcdefg'.repeat((index * index) % 23)}","${index % 911}":true}`,
    headers: [],
  }))
}

export const batchCases: readonly BatchCase[] = [
  { title: 'plain', batch: {}, records: varied },
  { title: 'idempotent', batch: { producerId: 4_000_000_123, producerEpoch: 7, baseSequence: 41 }, records: varied },
  {
    title: 'transactional',
    batch: { producerId: 9, producerEpoch: 0, baseSequence: 0, transactional: true, partitionLeaderEpoch: 3 },
    records: varied,
  },
  { title: 'log append time', batch: { logAppendTime: 1_800_000_000_000 }, records: varied },
  ...['gzip', 'snappy', 'lz4', 'zstd'].map((compression) => ({
    title: compression,
    batch: { compression, baseOffset: 12_345 },
    records: varied,
  })),
]

/** Cases whose records are `manyRecords()`, not stored beside the bytes. */
export const manyCases: readonly string[] = ['gzip', 'snappy', 'lz4', 'zstd']

export const controlCases: readonly Readonly<Record<string, string | number>>[] = [
  { control: 'commit', producerId: 77, producerEpoch: 3, coordinatorEpoch: 12, timestamp: 1_700_000_000_000 },
  { control: 'abort', producerId: 2 ** 40, producerEpoch: 32_766, coordinatorEpoch: 0, timestamp: 5 },
]

export const rawSnappyText: string = `${'snappy without framing, '.repeat(400)}${'é'.repeat(90)}`
