/** Rows of very different sizes in the same buffers. */
import { expect, test } from 'vitest'
import { randomInteger, seededRandom } from '../../src/random.ts'
import { Blocks } from '../../src/state/memory/blocks.ts'

/** Around the size of one buffer, and far from it. */
const sizes = [0, 5, 1_000, 262_000, 262_136, 262_144, 300_000, 700_001, 1_400_000]

test('a small row behind a large one is a row like any other', () => {
  const blocks = new Blocks()
  const large = blocks.add(Buffer.from('large'), Buffer.alloc(700_000, 1))
  const small = blocks.add(Buffer.from('small'), Buffer.from('one'))
  expect([blocks.row(large).length, String(blocks.row(small))]).toEqual([700_000, 'one'])
})

test.each([1, 2, 3, 4])('what was put in comes out, whatever was replaced and removed in between: seed %i', (seed) => {
  const random = seededRandom(seed)
  const blocks = new Blocks()
  const held = new Map<number, { address: number; size: number; fill: number }>()
  for (let turn = 0; turn < 150; turn++) {
    const key = randomInteger(random, 0, 9)
    const size = sizes[randomInteger(random, 0, sizes.length - 1)]!
    const fill = turn % 251
    const before = held.get(key)
    if (before !== undefined && random.next() < 0.3) {
      blocks.remove(before.address)
      held.delete(key)
    } else {
      const [name, row] = [Buffer.from(`key-${key}`), Buffer.alloc(size, fill)]
      const address = before === undefined ? blocks.add(name, row) : blocks.replace(before.address, name, row)
      held.set(key, { address, size, fill })
    }
    for (const [each, { address, size: length, fill: byte }] of held) {
      expect(String(blocks.key(address))).toBe(`key-${each}`)
      const row = blocks.row(address)
      expect([row.length, length === 0 || (row[0] === byte && row.at(-1) === byte)]).toEqual([length, true])
    }
  }
})
