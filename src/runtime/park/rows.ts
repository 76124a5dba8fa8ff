/** What the index of parked keys keeps, in one store: rows of keys, of letters, and how many keys there are. */

import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'

/** Where a record was first read. */
export interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** A parked key. */
export interface KeyRow {
  /** The dead-letter queue in which its records lie: `<app>.dlq.<queue>`. */
  readonly queue: string
  /** The record that failed. */
  readonly first: Place
  /** Wall time at which it was parked, milliseconds. */
  readonly since: number
  /** Letters that have not gone through. */
  readonly count: number
  /** By source topic: the turn of the oldest letter, and the turn that the next newcomer gets. */
  readonly turns: Readonly<Record<string, readonly [next: number, end: number]>>
}

/** A letter's row is its turn, as is that of a gap; the total's is the number of keys. */
export type ParkRow = KeyRow | number

/** How many keys are parked lies under this name: names of keys and letters have a colon. */
export const totalName = 'keys'

/** Longer keys go by their hash: stores take keys of up to 1,900 bytes. */
const longestName = 512

/**
 * The name of a key's row, for human eyes where the key is text. Different keys have different names.
 * @example nameOfKey(Buffer.from('order-7')) // 'text:order-7'
 */
export function nameOfKey(key: Uint8Array): string {
  if (key.length > longestName) return `sha256:${createHash('sha256').update(key).digest('hex')}`
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length)
  return isUtf8(bytes) ? `text:${bytes.toString()}` : `hex:${bytes.toString('hex')}`
}

/** With its key: a record of another key is no letter, whatever place it is said to come from. */
export function nameOfLetter(key: Uint8Array, place: Place): string {
  return `letter:${nameOfKey(key)}/${nameOfPlace(place)}`
}

/** Of a letter that left before its turn: it is passed over when the turn comes. */
export function nameOfGap(key: Uint8Array, topic: string, turn: number): string {
  return `gap:${nameOfKey(key)}/${topic}/${turn}`
}

/** `<topic>/<partition>/<offset>`, as the header `parked.behind` says it. */
export function nameOfPlace({ topic, partition, offset }: Place): string {
  return `${topic}/${partition}/${offset}`
}
