/** When a mapped bid was produced: its `dateTime`, read from the bytes of its JSON, which all systems write alike. */

const name = Buffer.from('"dateTime":')
const zero = 0x30
const nine = 0x39
const space = 0x20

/**
 * @example producedAt(Buffer.from('{"dateTime":1767225600000}')) // 1767225600000
 * @throws Error when the value has no such field
 */
export function producedAt(value: Buffer): number {
  const found = value.indexOf(name)
  let at = found + name.length
  while (value[at] === space) at++
  let time = 0
  const first = at
  for (let digit = value[at]!; digit >= zero && digit <= nine; digit = value[++at]!) time = time * 10 + (digit - zero)
  if (found < 0 || at === first) throw new Error(`a result has no dateTime: ${value.toString('latin1', 0, 200)}`)
  return time
}
