import { describe, expect, it } from 'vitest'
import { murmur2, partitionFor, partitionForRange } from '../../src/kafka/murmur2.ts'

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

  it('gives the same partition for a key on its own and for a key inside a buffer', () => {
    for (const [text] of javaHashes) {
      const key = Buffer.from(text)
      const inside = Buffer.from(`<<${text}>>`)
      for (const partitions of [1, 2, 6, 50]) {
        const partition = partitionFor(key, partitions)
        expect(partition).toBe((murmur2(key) & 0x7fffffff) % partitions)
        expect(partitionForRange(inside, 2, 2 + key.length, partitions)).toBe(partition)
      }
    }
  })

  it('takes bytes above 127 as unsigned', () => {
    expect(murmur2(Buffer.from([0xff, 0xfe, 0xfd]))).toBe(murmur2(Uint8Array.of(255, 254, 253)))
    expect(partitionFor(Buffer.from([0xff, 0xfe, 0xfd, 0xfc, 0xfb]), 7)).toBeGreaterThanOrEqual(0)
  })
})
