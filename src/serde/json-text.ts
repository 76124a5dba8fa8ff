/** JSON of whatever a serde gave. Total: what JSON can't say becomes text, or nothing. */

/**
 * @param indent spaces a level
 * @example jsonText({ id: 2n ** 60n }) // '{"id":"1152921504606846976"}'
 * @returns null for what has no JSON: a circle, undefined, a function
 */
export function jsonText(value: unknown, indent = 0): string | null {
  try {
    return JSON.stringify(value, plain, indent) ?? null
  } catch {
    return null
  }
}

/** Buffers have become objects already when `part` is seen; in their owner they are what they were. */
function plain(this: Readonly<Record<string, unknown>>, name: string, part: unknown): unknown {
  const whole = this[name]
  if (whole instanceof Uint8Array) return Buffer.from(whole).toString('base64')
  if (typeof part === 'bigint') return String(part)
  return part instanceof Map || part instanceof Set ? [...part] : part
}
