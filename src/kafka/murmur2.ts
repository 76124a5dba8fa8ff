/** Kafka's default partitioner: a key goes to the partition where the Java client would put it. */

const multiplier = 0x5bd1e995

/**
 * Kafka's murmur2 (seed 0x9747b28c) of a key, as a signed 32-bit number.
 * Source of the rule: `org.apache.kafka.common.utils.Utils.murmur2`.
 */
export function murmur2(bytes: Uint8Array): number {
  const end = bytes.length
  let hash = 0x9747b28c ^ end
  let at = 0
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    const mixed = Math.imul(word, multiplier)
    hash = Math.imul(hash, multiplier) ^ Math.imul(mixed ^ (mixed >>> 24), multiplier)
  }
  const rest = end - at
  if (rest === 3) hash ^= bytes[at + 2]! << 16
  if (rest >= 2) hash ^= bytes[at + 1]! << 8
  if (rest >= 1) hash = Math.imul(hash ^ bytes[at]!, multiplier)
  hash = Math.imul(hash ^ (hash >>> 13), multiplier)
  return hash ^ (hash >>> 15)
}

/**
 * The partition of a key, as the Java client's default partitioner has it.
 * @example partitionFor(Buffer.from('N14228'), 6)
 */
export function partitionFor(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}
