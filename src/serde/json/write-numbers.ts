/** Numbers to decimal digits in a buffer, as `String` writes them. All give where they end; -1 where `encode` decides. */

const zero = 0x30
const minus = 0x2d
const point = 0x2e
/** Below it division and remainder are of 32 bits, which is several times faster. */
const small = 1_000_000_000
const eightDigits = 100_000_000
/** A minus, 16 digits and a point, or `-1.2345678901234567e-300`. */
const longest = 25

export function writeNumber(bytes: Buffer, at: number, value: number): number {
  if (at + longest > bytes.length) return -1
  if (!Number.isInteger(value)) return writeFraction(bytes, at, value)
  if (value >= 0) return writeWhole(bytes, at, value)
  bytes[at] = minus
  return writeWhole(bytes, at + 1, -value)
}

/** -0 comes here as 0, which is how JSON has it. */
function writeWhole(bytes: Buffer, at: number, value: number): number {
  if (value < small) return writeDigits(bytes, at, value, digitsOf(value))
  if (value > Number.MAX_SAFE_INTEGER) return -1
  const high = Math.floor(value / eightDigits)
  const middle = writeDigits(bytes, at, high, digitsOf(high))
  return writeDigits(bytes, middle, value - high * eightDigits, 8)
}

/** From the right; with zeros in front up to `count`. */
function writeDigits(bytes: Buffer, at: number, value: number, count: number): number {
  let rest = value | 0
  for (let place = at + count - 1; place >= at; place--) {
    const tenth = (rest / 10) | 0
    bytes[place] = zero + rest - tenth * 10
    rest = tenth
  }
  return at + count
}

function digitsOf(value: number): number {
  let count = 1
  for (let limit = 10; value >= limit; limit *= 10) count++
  return count
}

const thousandths = 1_000
/** So that thousandths have 15 digits at most, of which no two say the same double: these are the ones `String` finds. */
const mostThousandths = 1e15

/** Prices have three places at most, and need no search for the shortest text. NaN and infinities are refused elsewhere. */
function writeFraction(bytes: Buffer, at: number, value: number): number {
  const magnitude = Math.abs(value)
  const count = Math.round(magnitude * thousandths)
  if (count / thousandths !== magnitude || count >= mostThousandths || count === 0) return writeLong(bytes, at, value)
  const whole = Math.floor(count / thousandths)
  if (value < 0) bytes[at++] = minus
  const end = writeWhole(bytes, at, whole)
  bytes[end] = point
  return trimmed(bytes, writeDigits(bytes, end + 1, count - whole * thousandths, 3))
}

/** A fraction has a digit that isn't 0: this ends. */
function trimmed(bytes: Buffer, end: number): number {
  let last = end - 1
  while (bytes[last] === zero) last--
  return last + 1
}

function writeLong(bytes: Buffer, at: number, value: number): number {
  if (!Number.isFinite(value)) return -1
  const text = String(value)
  for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index)
  return at + text.length
}
