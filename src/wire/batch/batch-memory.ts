/**
 * Memory of batches, used again once they are acknowledged. What is thrown away at a hundred megabytes a second makes the
 * engine look through the whole heap several times a second, and that costs the more the more state there is.
 */

/** Smaller ones are cheap to make. */
const leastKept = 65_536
/** So much waits for use at most. */
const mostKeptBytes = 33_554_432
/** Steps to a doubling: memory is at most a quarter larger than was asked for. */
const stepsPerDoubling = 4

/** By size. */
const waiting = new Map<number, Buffer[]>()
/** What may be given back, and was not yet: giving it back twice would give it to two batches. */
const lent = new WeakSet<ArrayBufferLike>()
let waitingBytes = 0

/**
 * Memory of at least so many bytes, with whatever was in it.
 * @example takeMemory(300_000).length // 327680
 */
export function takeMemory(atLeast: number): Buffer {
  const size = atLeast < leastKept ? atLeast : stepUp(atLeast)
  const known = waiting.get(size)?.pop()
  if (known !== undefined) waitingBytes -= size
  const memory = known ?? Buffer.allocUnsafeSlow(size)
  if (size >= leastKept) lent.add(memory.buffer)
  return memory
}

/** Nobody reads `bytes` any more. Any part of what `takeMemory` gave will do; anything else is left alone. */
export function giveMemoryBack({ buffer }: Buffer): void {
  const size = buffer.byteLength
  // Of no size is what was handed to another thread.
  if (!lent.delete(buffer) || size === 0 || waitingBytes + size > mostKeptBytes) return
  const ofSize = waiting.get(size)
  const memory = Buffer.from(buffer)
  if (ofSize === undefined) waiting.set(size, [memory])
  else ofSize.push(memory)
  waitingBytes += size
}

/** The next larger size of those that memory comes in. */
function stepUp(bytes: number): number {
  const step = 2 ** Math.floor(Math.log2(bytes)) / stepsPerDoubling
  return Math.ceil(bytes / step) * step
}
