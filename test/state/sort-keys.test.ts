import { expect, test } from 'vitest'
import { type Random, randomInteger, seededRandom } from '../../src/random.ts'
import { sortKeys } from '../../src/state/sort-keys.ts'

function someKeys(random: Random): Buffer[] {
  const alphabet = [0, 1, 65, 128, 255]
  const prefix = Buffer.alloc(randomInteger(random, 0, 9), 7)
  return Array.from({ length: randomInteger(random, 0, 400) }, () => {
    const length = randomInteger(random, 0, 6)
    return Buffer.concat([prefix, Buffer.from(Array.from({ length }, () => alphabet[randomInteger(random, 0, 4)]!))])
  })
}

test.each(Array.from({ length: 50 }, (_, seed) => seed))('keys come in the order of their bytes, seed %i', (seed) => {
  const keys = someKeys(seededRandom(seed))
  const starts = new Uint32Array(keys.length)
  const ends = new Uint32Array(keys.length)
  let at = 0
  for (const [place, key] of keys.entries()) {
    starts[place] = at
    at += key.length
    ends[place] = at
  }
  const places = [...sortKeys({ bytes: Buffer.concat(keys), starts, ends }, keys.length)]
  const expected = keys.map((key, place) => ({ key, place }))
  // Sorting is stable: equal keys keep their order.
  expected.sort((one, other) => Buffer.compare(one.key, other.key))
  expect(places).toEqual(expected.map(({ place }) => place))
})
