/** Names of headers as bytes: a few of them are written again and again. */

/** Beyond so many the memory begins anew: data must not fill it. */
const mostRemembered = 1_000
/** A longer one is not remembered, for the same reason. */
const longestRemembered = 256

const names = new Map<string, Buffer>()

/**
 * Shared: nobody writes to it.
 * @example encodedName('traceparent').length // 11
 */
export function encodedName(name: string): Buffer {
  const known = names.get(name)
  if (known !== undefined) return known
  const encoded = Buffer.from(name)
  if (encoded.length > longestRemembered) return encoded
  if (names.size >= mostRemembered) names.clear()
  names.set(name, encoded)
  return encoded
}
