import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { murmur2, partitionFor } from '../../src/kafka/murmur2.ts'

/** What `org.apache.kafka.common.utils.Utils.murmur2` gives. */
const javaHashes: readonly (readonly [string, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
]

describe('murmur2', () => {
  it.each(javaHashes)('of %s is what Java computes', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash)
  })

  it('decides the partition, without its sign', () => {
    for (const [text] of javaHashes) {
      const key = Buffer.from(text)
      for (const partitions of [1, 2, 6, 50]) {
        expect(partitionFor(key, partitions)).toBe((murmur2(key) & 0x7fffffff) % partitions)
      }
    }
  })

  it('of a text is that of its UTF-8', () => {
    const texts = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ maxLength: 40 }))
    fc.assert(
      fc.property(texts, (text) => partitionFor(text, 1_000_003) === partitionFor(Buffer.from(text), 1_000_003)),
      { seed: 5, numRuns: 1_000 },
    )
    expect(partitionFor('a\ud800b', 50)).toBe(partitionFor(Buffer.from('a\ufffdb'), 50))
  })

  it('takes bytes above 127 as unsigned', () => {
    expect(murmur2(Buffer.from([0xff, 0xfe, 0xfd]))).toBe(murmur2(Uint8Array.of(255, 254, 253)))
    expect(partitionFor(Buffer.from([0xff, 0xfe, 0xfd, 0xfc, 0xfb]), 7)).toBeGreaterThanOrEqual(0)
  })
})
