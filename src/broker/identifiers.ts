/** Identifiers as Kafka writes them, drawn from the broker's own randomness. */
import { type Random, randomInteger } from '../random.ts'

/** 16 random bytes in the base64url form in which Kafka writes topic and cluster ids. */
export function randomUuid(random: Random): string {
  return drawBytes(random, 16).toString('base64url')
}

/** 32 hexadecimal digits, for member ids. */
export function randomDigits(random: Random): string {
  return drawBytes(random, 16).toString('hex')
}

function drawBytes(random: Random, count: number): Buffer {
  const bytes = Buffer.alloc(count)
  for (let index = 0; index < count; index++) bytes[index] = randomInteger(random, 0, 255)
  return bytes
}
