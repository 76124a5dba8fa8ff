/**
 * The records of the soak, each from its number alone: whole-number arithmetic of 32 bits, so that the verifier, which is
 * written in another language, makes the same ones again without having read any.
 */
import { crc32c } from '../../src/wire/crc32c.ts'

/** As it travels, and as it comes out of the topology. */
export interface SoakRecord {
  /** 0 writes the left input, 1 the right one. */
  readonly producer: number
  /** Number among the records of its producer. */
  readonly seq: number
  readonly key: string
  /** Number among the records of its key that are well. */
  readonly keySeq: number
  readonly eventTime: number
  readonly amount: number
  /** Of the other fields. */
  readonly crc: number
}

export type Ailment = 'well' | 'no JSON' | 'not UTF-8' | 'wrong checksum'

export interface MadeRecord {
  readonly record: SoakRecord
  readonly ailment: Ailment
  readonly bytes: Buffer
}

export const baseTime = 1_700_000_000_000
/** Event time between two records of a producer. */
export const stepMilliseconds = 10
/** No record that is in time lies so far behind one before it. */
export const jitterMilliseconds = 900
/** Planted late ones lie so far behind. */
export const lateMilliseconds = 864_000_000
/** Keys of a producer: groups of 1, 2, 4, … of them, each group drawn equally often, which is Zipf's law. */
const keyGroups = 12
export const accounts = 512

const poisonEvery = 1_000
const poisonRest = 7
const lateRest = 500
/** Nothing is planted late before time has come far enough everywhere to refuse it. */
const shareBeforeLate = 5
const ailments: readonly Ailment[] = ['no JSON', 'not UTF-8', 'wrong checksum']

/** A permutation of the 32-bit numbers without visible order. */
export function mix(number: number): number {
  let mixed = number | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** Makes the records of a producer in their order. */
export class RecordMaker {
  readonly #producer: number
  readonly #count: number
  readonly #keySeqs = new Map<string, number>()
  #seq = 0

  /** @param count records it makes in all */
  constructor(producer: number, count: number) {
    this.#producer = producer
    this.#count = count
  }

  get made(): number {
    return this.#seq
  }

  next(): MadeRecord {
    const producer = this.#producer
    const seq = this.#seq++
    const draw = mix(seq * 2 + producer)
    const ailment = ailmentOf(draw, seq)
    const key = `p${producer}-${keyNumber(draw)}`
    const isLate = draw % poisonEvery === lateRest && seq >= Math.floor(this.#count / shareBeforeLate)
    const jitter = mix(draw ^ 0x5bd1e995) % jitterMilliseconds
    const eventTime = baseTime + seq * stepMilliseconds - (isLate ? lateMilliseconds : jitter)
    const amount = mix(draw ^ 0x1b873593) % 10_000
    const fields = { producer, seq, key, keySeq: this.#nextOf(key, ailment), eventTime, amount }
    const crc = checksumOf(fields)
    const record = { ...fields, crc: ailment === 'wrong checksum' ? (crc ^ 1) >>> 0 : crc }
    return { record, ailment, bytes: bytesOf(record, ailment) }
  }

  /** Poison takes no number: those that come out have no gaps. */
  #nextOf(key: string, ailment: Ailment): number {
    if (ailment !== 'well') return -1
    const next = this.#keySeqs.get(key) ?? 0
    this.#keySeqs.set(key, next + 1)
    return next
  }
}

function ailmentOf(draw: number, seq: number): Ailment {
  return draw % poisonEvery === poisonRest ? ailments[seq % ailments.length]! : 'well'
}

function keyNumber(draw: number): number {
  const group = mix(draw ^ 0x9e3779b9)
  const first = 1 << (group % keyGroups)
  return first + (mix(group) & (first - 1))
}

export function checksumOf({ producer, seq, key, keySeq, eventTime, amount }: Omit<SoakRecord, 'crc'>): number {
  return crc32c(Buffer.from(`${producer}|${seq}|${key}|${keySeq}|${eventTime}|${amount}`))
}

function bytesOf(record: SoakRecord, ailment: Ailment): Buffer {
  const text = JSON.stringify(record)
  if (ailment === 'no JSON') return Buffer.from(text.slice(0, -3))
  if (ailment !== 'not UTF-8') return Buffer.from(text)
  return Buffer.concat([Buffer.from(text.slice(0, 9)), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from(text.slice(9))])
}

/** In their order: a name that repeats, a null value, and bytes that are no text. */
export function headersOf(seq: number): { readonly name: string; readonly value: Buffer | null }[] {
  return [
    { name: 'trace', value: Buffer.from(`trace-${seq}`) },
    { name: 'trace', value: Buffer.from([0, 255, seq % 256]) },
    { name: 'empty', value: null },
  ]
}

/** Whose sums a record belongs to: keys of both producers meet here, and all records of a key do. */
export function accountOf(key: string): string {
  return `a-${Number(key.slice(3)) % accounts}`
}

/** What a record adds to the fingerprint of a sum: equal ones are sums of the same records. */
export function printOf({ producer, seq }: Pick<SoakRecord, 'producer' | 'seq'>): number {
  return mix(seq * 2 + producer)
}
