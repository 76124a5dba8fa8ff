import { expect, test } from 'vitest'
import { FrameReader, free } from '../../src/broker/network/frames.ts'

function framed(...sizes: number[]): Buffer {
  const parts = sizes.map((size, at) => {
    const bytes = Buffer.alloc(4 + size, at + 1)
    bytes.writeInt32BE(size)
    return bytes
  })
  return Buffer.concat(parts)
}

/** A chunk in memory of its own, as a socket gives it. */
function owned(bytes: Buffer): Buffer {
  const chunk = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(chunk)
  return chunk
}

const sizes = [3, 40_000, 0, 17, 90_000, 20_000]

test.each([1_000, 16_384, 16_385, 65_536, 200_000])('frames are whole, in chunks of %i bytes', (chunkSize) => {
  const bytes = framed(...sizes)
  const reader = new FrameReader()
  const frames: Buffer[] = []
  for (let at = 0; at < bytes.length; at += chunkSize) {
    frames.push(...reader.push(owned(bytes.subarray(at, at + chunkSize)))!)
  }
  expect(frames.map(({ length }) => length)).toEqual(sizes)
  // None lost its memory to another, and none holds another's bytes.
  for (const [at, frame] of frames.entries()) expect(frame.every((byte) => byte === at + 1)).toBe(true)
})

test('what was copied out of chunks gives its memory back, what is still to be read keeps it', () => {
  const bytes = framed(50_000, 5)
  const [first, second] = [owned(bytes.subarray(0, 30_000)), owned(bytes.subarray(30_000))]
  const reader = new FrameReader()
  reader.push(first)
  const [large, small] = reader.push(second)!
  expect([first.buffer.byteLength, second.buffer.byteLength]).toEqual([0, 20_013])
  expect([large!.length, small!.every((byte) => byte === 2)]).toEqual([50_000, true])
})

test('only a large frame that is alone in its memory gives it back', () => {
  const alone = new FrameReader().push(owned(framed(20_000)))![0]!
  const small = new FrameReader().push(owned(framed(2_000)))![0]!
  const [one, other] = new FrameReader().push(owned(framed(20_000, 20_000)))!
  for (const frame of [alone, small, one!, other!]) free(frame)
  expect([alone, small, one!, other!].map(({ length }) => length)).toEqual([0, 2_000, 20_000, 20_000])
})
