import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeStruct, encodeStruct } from '../../src/wire/codec.ts'
import { GroupMetadataValue, OffsetCommitKey } from '../../src/wire/internal/offsets.ts'
import { decodeKey, decodeValue, encodeKey, encodeValue, kindOfKey } from '../../src/wire/internal/versioned.ts'
import { string } from '../../src/wire/schema.ts'
import { WireError } from '../../src/wire/wire-error.ts'
import { toKafkaJson } from '../peers/wire-oracle/cases.ts'
import { internalStructs } from '../peers/wire-oracle/internal-cases.ts'

interface GoldenCase {
  readonly name: string
  readonly version: number
  readonly value: object
  readonly bytes: string
}

const file = new URL('../golden/internal.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly GoldenCase[] }

test('the golden file has every key and value in every version', () => {
  for (const { of } of Object.values(internalStructs)) {
    const versions = new Set(cases.filter(({ name }) => name === of.name).map(({ version }) => version))
    expect([...versions]).toEqual(Array.from({ length: of.newest + 1 }, (_, version) => version))
  }
})

test.each(cases)('$name $version is read and written as Kafka does', ({ name, version, value, bytes }) => {
  const { of } = internalStructs[name]!
  const flexible = of.flexible !== 'none' && version >= of.flexible
  const decoded = decodeStruct(of.struct, version, flexible, Buffer.from(bytes, 'hex'))
  expect(toKafkaJson(decoded)).toMatchObject(value)
  expect(encodeStruct(of.struct, version, flexible, decoded).toString('hex')).toBe(bytes)
})

describe('the int16 in front', () => {
  const group = { protocolType: 'consumer', generation: 7, protocol: 'range', leader: 'a', members: [] }

  test('tells the kind of a key and the version of a value', () => {
    const key = encodeKey(OffsetCommitKey, 1, { group: 'g', topic: 't', partition: 3 })
    expect([kindOfKey(key), decodeKey(OffsetCommitKey, key)]).toEqual([1, { group: 'g', topic: 't', partition: 3 }])
    for (let version = 0; version <= 4; version++) {
      expect(decodeValue(GroupMetadataValue, encodeValue(GroupMetadataValue, version, group))).toMatchObject(group)
    }
  })

  test('of a newer Kafka, or none, is refused', () => {
    const value = encodeValue(GroupMetadataValue, 3, group)
    value.writeInt16BE(5)
    for (const bytes of [value, Buffer.alloc(1)])
      expect(() => decodeValue(GroupMetadataValue, bytes)).toThrow(WireError)
  })
})

test('a text that no key or value could hold is no request either', () => {
  const encode = (length: number): Buffer => encodeStruct({ text: string }, 0, true, { text: 'x'.repeat(length) })
  expect(decodeStruct({ text: string }, 0, true, encode(32_767)).text).toHaveLength(32_767)
  expect(() => decodeStruct({ text: string }, 0, true, encode(32_768))).toThrow(WireError)
})
