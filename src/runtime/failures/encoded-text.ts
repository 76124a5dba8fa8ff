/** Texts of dead letters as bytes. What letters have in common is encoded once: under much poison they are the work. */

/** Beyond so many a memory begins anew: data must not fill it. */
const mostRemembered = 1_000
/** A longer text is not remembered, for the same reason. */
const longestRemembered = 1_024

/**
 * A function that remembers what it made of its texts.
 * @example const encoded = remembering((text) => Buffer.from(text))
 */
export function remembering<Made>(make: (text: string) => Made, most: number = mostRemembered): (text: string) => Made {
  const made = new Map<string, Made>()
  return (text) => {
    const known = made.get(text)
    if (known !== undefined) return known
    const one = make(text)
    if (text.length > longestRemembered) return one
    if (made.size >= most) made.clear()
    made.set(text, one)
    return one
  }
}

/** Bytes of a text that comes often. Shared: nobody writes to them. */
export const encodedOnce: (text: string) => Buffer = remembering((text) => Buffer.from(text))

let lastTime = Number.NaN
let lastEncoded: Buffer = Buffer.alloc(0)

/** ISO text of a time, milliseconds since 1970; the one asked for last is not made again. Shared: nobody writes to it. */
export function encodedTime(time: number): Buffer {
  if (time === lastTime) return lastEncoded
  lastEncoded = Buffer.from(new Date(time).toISOString())
  lastTime = time
  return lastEncoded
}

const ellipsis = Buffer.from('…')

/** A text in at most `limit` bytes: cut on a character boundary, marked. */
export function encodedWithin(limit: number, text: string): Buffer {
  // A unit is at least one byte: what lies behind that many is cut off anyway.
  const bytes = Buffer.from(text.length > limit ? text.slice(0, limit + 1) : text)
  if (bytes.length <= limit) return bytes
  let end = limit - ellipsis.length
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return Buffer.concat([bytes.subarray(0, end), ellipsis])
}
