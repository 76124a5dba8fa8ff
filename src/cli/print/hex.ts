/** Bytes as a person compares them. */

const perLine = 16

/**
 * Offset, bytes, and what of them is ASCII.
 * @example hexLines(Buffer.from('{"a":1}')) // ['00000000  7b 22 61 22 3a 31 7d                             {"a":1}']
 */
export function hexLines(bytes: Buffer): string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += perLine) {
    const part = bytes.subarray(at, at + perLine)
    const hex = [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const ascii = part.toString('latin1').replace(/[^\u0020-\u007e]/g, '.')
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(perLine * 3 - 1)}  ${ascii}`)
  }
  return lines
}
