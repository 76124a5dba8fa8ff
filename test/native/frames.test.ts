import { describe, expect, it } from 'vitest'
import { FrameReader } from '../../src/kafka/native/connection/frames.ts'
import { WireError } from '../../src/wire/wire-error.ts'

function framed(...bodies: string[]): Buffer {
  return Buffer.concat(
    bodies.flatMap((body) => {
      const size = Buffer.alloc(4)
      size.writeInt32BE(body.length)
      return [size, Buffer.from(body)]
    }),
  )
}

describe('frames', () => {
  const bodies = ['abcd', 'efghijkl', 'mnop', 'x'.repeat(300)]

  it.each([1, 2, 3, 5, 7, 64, 1_000])('are found in chunks of %i bytes', (chunkSize) => {
    const found: string[] = []
    const reader = new FrameReader((frame) => found.push(frame.toString()))
    const bytes = framed(...bodies)
    for (let at = 0; at < bytes.length; at += chunkSize) reader.push(bytes.subarray(at, at + chunkSize))
    expect(found).toEqual(bodies)
  })

  it('have memory of their own, which the next chunk leaves alone', () => {
    const found: Buffer[] = []
    const reader = new FrameReader((frame) => found.push(frame))
    const chunk = framed('abcd')
    reader.push(chunk)
    chunk.fill(0)
    expect(found.map(String)).toEqual(['abcd'])
    expect(found[0]!.buffer.byteLength).toBe(4)
  })

  it.each([-1, 0, 3, 0x7fffffff, -2147483648])('of %i bytes end the stream', (length) => {
    const size = Buffer.alloc(4)
    size.writeInt32BE(length)
    const reader = new FrameReader(() => expect.unreachable())
    expect(() => reader.push(size)).toThrow(WireError)
  })
})
