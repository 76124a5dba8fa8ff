/** Kafka's default partitioner: a key goes to the partition where the Java client would put it. */

const multiplier = 0x5bd1e995
const seed = 0x9747b28c

/**
 * Kafka's murmur2 (seed 0x9747b28c) of a key, as a signed 32-bit number.
 * Source of the rule: `org.apache.kafka.common.utils.Utils.murmur2`.
 */
export function murmur2(bytes: Uint8Array): number {
  const end = bytes.length
  let hash = seed ^ end
  let at = 0
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    hash = withWord(hash, word)
  }
  const rest = end - at
  if (rest === 3) hash ^= bytes[at + 2]! << 16
  if (rest >= 2) hash ^= bytes[at + 1]! << 8
  if (rest >= 1) hash = Math.imul(hash ^ bytes[at]!, multiplier)
  return finish(hash)
}

/** The same of a text's UTF-8. ASCII, as nearly all keys are, is hashed where it stands: no bytes are made of it. */
function murmur2OfText(text: string): number {
  const end = text.length
  let hash = seed ^ end
  let at = 0
  let seen = 0
  for (; at + 4 <= end; at += 4) {
    const first = text.charCodeAt(at)
    const second = text.charCodeAt(at + 1)
    const third = text.charCodeAt(at + 2)
    const fourth = text.charCodeAt(at + 3)
    seen |= first | second | third | fourth
    hash = withWord(hash, first | (second << 8) | (third << 16) | (fourth << 24))
  }
  for (let rest = at; rest < end; rest++) seen |= text.charCodeAt(rest)
  if (seen > 127) return murmur2(Buffer.from(text))
  const rest = end - at
  if (rest === 3) hash ^= text.charCodeAt(at + 2) << 16
  if (rest >= 2) hash ^= text.charCodeAt(at + 1) << 8
  if (rest >= 1) hash = Math.imul(hash ^ text.charCodeAt(at), multiplier)
  return finish(hash)
}

function withWord(hash: number, word: number): number {
  const mixed = Math.imul(word, multiplier)
  return Math.imul(hash, multiplier) ^ Math.imul(mixed ^ (mixed >>> 24), multiplier)
}

function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 13), multiplier)
  return mixed ^ (mixed >>> 15)
}

/**
 * The partition of a key, as the Java client's default partitioner has it. Text is taken for its UTF-8.
 * @example partitionFor('N14228', 6)
 */
export function partitionFor(key: Uint8Array | string, partitions: number): number {
  const hash = typeof key === 'string' ? murmur2OfText(key) : murmur2(key)
  return (hash & 0x7fffffff) % partitions
}
