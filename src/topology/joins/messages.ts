/** What the halves of a foreign-key join send each other, and what the left one keeps. */
import { reject } from '../../faults.ts'
import { bytes as rawBytes } from '../../serde/bytes.ts'
import type { Serde } from '../../serde/serde.ts'
import type { ForeignKeyAnswer, ForeignKeyRequest, Instruction, Subscriber } from '../nodes/joins.ts'
import { wrap } from './wrap.ts'

const format = 1
const editionBytes = 8

/** Their places are what is written. */
const instructions: readonly Instruction[] = ['delete', 'delete-and-answer', 'answer-always', 'answer-if-present']

/** Format, instruction, edition; the left row's key. */
export function requestSerde(primaryKey: Serde<unknown>): Serde<ForeignKeyRequest> {
  return wrap({
    name: 'foreign-key-request',
    inner: primaryKey,
    encode: ({ instruction, edition, primaryKey: key }) => ({
      head: headOf(edition, instructions.indexOf(instruction)),
      inner: key,
    }),
    decode(bytes, start, read) {
      const { edition, flag, next } = readHead(bytes, start)
      return { instruction: instructions[flag]!, edition, primaryKey: read(next) }
    },
  })
}

/** Format, whether there is a right row, edition; the right row. */
export function answerSerde(rightValue: Serde<unknown>): Serde<ForeignKeyAnswer> {
  return wrap({
    name: 'foreign-key-answer',
    inner: rightValue,
    encode: ({ edition, right }) => ({ head: headOf(edition, Number(right !== undefined)), inner: right }),
    decode(bytes, start, read) {
      const { edition, flag, next } = readHead(bytes, start)
      return { edition, right: flag === 0 ? undefined : read(next) }
    },
  })
}

/** Format, whether there is a foreign key, edition; the foreign key's bytes. */
export const subscriberSerde: Serde<Subscriber> = wrap({
  name: 'foreign-key-subscriber',
  inner: rawBytes as Serde<unknown>,
  encode: ({ edition, foreignKey }) => ({
    head: headOf(edition, Number(foreignKey !== null)),
    inner: foreignKey ?? undefined,
  }),
  decode(bytes, start, read) {
    const { edition, flag, next } = readHead(bytes, start)
    return { edition, foreignKey: flag === 0 ? null : (read(next) as Uint8Array) }
  },
})

function headOf(edition: number, flag: number): Buffer {
  const head = Buffer.allocUnsafe(2 + editionBytes)
  head[0] = format
  head[1] = flag
  head.writeDoubleBE(edition, 2)
  return head
}

function readHead(bytes: Buffer, start: number): { edition: number; flag: number; next: number } {
  if (bytes[start] !== format) {
    throw reject(`A message of a foreign-key join has format ${bytes[start]}`, { code: 'MR3001' })
  }
  return { edition: bytes.readDoubleBE(start + 2), flag: bytes[start + 1]!, next: start + 2 + editionBytes }
}
