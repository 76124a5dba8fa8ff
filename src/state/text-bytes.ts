/** Short texts as bytes. */

/** For a few units a loop is faster than asking the engine. */
export const shortLength = 48

/** Text as UTF-8, where there is room for three bytes a unit. @returns where it ends */
export function writeText(text: string, bytes: Buffer, at: number): number {
  const { length } = text
  if (length > shortLength) return at + bytes.write(text, at)
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) return at + bytes.write(text, at)
    bytes[at + index] = unit
  }
  return at + length
}
