/** What can happen to the bytes of a message, by accident or by intent. Each gives a new buffer. */
import { type Random, randomInteger } from '../../src/random.ts'
import { pick } from './random-message.ts'

export type Mutation = (bytes: Buffer, random: Random) => Buffer

/** As fields of 8, 16 and 32 bits and as variable-length numbers: negative, none, huge. */
const hostileNumbers: readonly Buffer[] = [
  [0xff],
  [0x80],
  [0xff, 0xff],
  [0x7f, 0xff],
  [0xff, 0xff, 0xff, 0xff],
  [0x7f, 0xff, 0xff, 0xff],
  [0x80, 0x00, 0x00, 0x00],
  [0x00, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
].map((bytes) => Buffer.from(bytes))

export const mutations: Readonly<Record<string, Mutation>> = {
  nothing: (bytes) => bytes,
  truncate: (bytes, random) => bytes.subarray(0, randomInteger(random, 0, bytes.length)),
  extend: (bytes, random) => Buffer.concat([bytes, randomBytes(random, randomInteger(random, 1, 64))]),
  flip(bytes, random) {
    const flipped = Buffer.from(bytes)
    for (let flips = randomInteger(random, 1, 4); flips > 0 && flipped.length > 0; flips--) {
      const at = randomInteger(random, 0, flipped.length - 1)
      flipped[at]! ^= 1 << randomInteger(random, 0, 7)
    }
    return flipped
  },
  number(bytes, random) {
    const changed = Buffer.from(bytes)
    for (let times = randomInteger(random, 1, 3); times > 0 && changed.length > 0; times--) {
      pick(random, hostileNumbers).copy(changed, randomInteger(random, 0, changed.length - 1))
    }
    return changed
  },
  cutOut(bytes, random) {
    const start = randomInteger(random, 0, bytes.length)
    return Buffer.concat([
      bytes.subarray(0, start),
      bytes.subarray(Math.min(bytes.length, start + randomInteger(random, 1, 16))),
    ])
  },
  repeat(bytes, random) {
    const start = randomInteger(random, 0, bytes.length)
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(Math.max(0, start - 16))])
  },
}

const kinds = Object.values(mutations)

export function mutate(bytes: Buffer, random: Random): Buffer {
  return pick(random, kinds)(bytes, random)
}

export function randomBytes(random: Random, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at++) bytes[at] = randomInteger(random, 0, 255)
  return bytes
}

/** The bytes behind their size; now and then with another size than theirs. */
export function framed(bytes: Buffer, random: Random): Buffer {
  const size = Buffer.alloc(4)
  const lies = random.next() < 0.1
  size.writeInt32BE(
    lies ? pick(random, [-1, 0, 2 ** 31 - 1, bytes.length + 1, Math.max(0, bytes.length - 1)]) : bytes.length,
  )
  return Buffer.concat([size, bytes])
}
