/** Copies of what is plain data: user code may change what it was given, and what is kept has to stay as it was. */

/** Null where a copy would be another thing: objects of classes, functions, and what goes in circles. */
export type PlainCopy = { readonly value: unknown } | null

/** Nothing plain is nested so deep; what goes in circles is. */
const deepest = 32

/**
 * A copy of its own, down to the bottom.
 * @example plainCopy({ price: 3, tags: ['new'] }) // { value: { price: 3, tags: ['new'] } }
 */
export function plainCopy(value: unknown): PlainCopy {
  try {
    return { value: copy(value, 0) }
  } catch (error) {
    if (error instanceof NotPlain) return null
    throw error
  }
}

class NotPlain extends Error {
  override readonly name = 'NotPlain'
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value === 'function' || depth > deepest) throw new NotPlain()
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => copy(each, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Buffer.prototype) return Buffer.from(value as Buffer)
  if (prototype === Uint8Array.prototype) return new Uint8Array(value as Uint8Array)
  if (prototype === Date.prototype) return new Date(value as Date)
  if (prototype === Object.prototype || prototype === null) return copyEntries(value, prototype, depth)
  throw new NotPlain()
}

/** Key by key, since `__proto__` is an ordinary name in data. */
function copyEntries(value: object, prototype: object | null, depth: number): object {
  const copied = Object.create(prototype) as object
  for (const [key, each] of Object.entries(value)) {
    const own = { value: copy(each, depth + 1), writable: true, enumerable: true, configurable: true }
    if (key === '__proto__') Object.defineProperty(copied, key, own)
    else (copied as Record<string, unknown>)[key] = own.value
  }
  return copied
}
