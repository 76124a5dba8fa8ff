/** An edited letter is another letter: a copy at the end of the queue. The original stays as it was, and is marked. */
import { createHash } from 'node:crypto'
import { type Clock, systemClock } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import type { Kafka } from '../../kafka/port.ts'
import { type Random, randomName, systemRandom } from '../../random.ts'
import type { RecordHeader } from '../../record.ts'
import { BatchBuilder } from '../../wire/batch.ts'
import { type Action, auditFailure, auditWithin } from '../audit-action.ts'
import type { Place } from '../letter.ts'
import { type Mark, markKey } from '../marks.ts'
import { claimed, refuseActive, writeRows } from '../moving/claim.ts'
import { receiptKey } from '../moving/jobs.ts'
import type { Ledger } from '../moving/ledger.ts'
import { ownTopics } from '../moving/own-topics.ts'
import { defaultWho } from '../moving/redrive-options.ts'
import { wrongOrigin } from '../moving/redrive-record.ts'
import { resolveQueue } from '../queue-name.ts'
import { reportOf } from '../reading/headers.ts'
import { PlaceReader, type ReadRecord } from '../reading/place-reader.ts'

export interface EditOptions {
  /** Topic of the queue, or its name where only one app has it. */
  readonly queue: string
  readonly partition: number
  readonly offset: number
  /** What the letter's value is to be. The caller has seen that the topology can read it. */
  readonly value: Uint8Array | null
  readonly who?: string
  readonly clock?: Clock
  readonly random?: Random
}

export interface EditResult {
  readonly queue: string
  /** `<partition>/<offset>` */
  readonly from: string
  readonly copy: string
  /** Hashes (SHA-256) of both values: what the audit has of them. */
  readonly before: string
  readonly after: string
}

/**
 * Appends a copy of an open letter with another value, and marks the original `edited`, in one transaction.
 * @example await editLetter(kafka, { queue: 'orders.dlq.unscored', partition: 0, offset: 17, value: Buffer.from('{}') })
 * @throws MillraceError MR4415 for a letter that is gone or settled, MR4412 while a redrive of the queue has not ended
 */
export async function editLetter(kafka: Kafka, options: EditOptions): Promise<EditResult> {
  const { clock = systemClock, random = systemRandom, who = defaultWho, partition, offset, value } = options
  const queue = await resolveQueue(kafka, options.queue)
  await ownTopics(kafka, queue)
  const place: Place = { topic: queue.topic, partition, offset }
  const action: Action = { app: queue.app, who, action: 'edit', target: markKey(place), clock }
  return auditFailure(kafka, action, { queue: queue.topic, after: hash(value) }, async () => {
    const letter = await requireLetter(kafka, place)
    const id = randomName(random)
    const hashes = { before: hash(letter.value), after: hash(value) }
    const resultOf = (copy: string): EditResult => {
      return { queue: queue.topic, from: `${partition}/${offset}`, copy, ...hashes }
    }
    return claimed(kafka, queue, { clock, random }, async (ledger, transactions) => {
      const done = ledger.receipt(id)
      if (done !== null) return resultOf(done)
      refuseActive(ledger, queue)
      refuseSettled(ledger, place)
      const batch = new BatchBuilder()
      batch.append(letter.timestamp, letter.key, value, copyHeaders(letter.headers, place))
      const appended = await transactions.append({ topic: queue.topic, partition }, batch)
      const copy = `${partition}/${appended.offset}`
      const mark: Mark = { state: 'edited', job: `edit:${id}`, who, at: new Date(clock.now()).toISOString() }
      const rows = [[markKey(place), JSON.stringify(mark)] as const, [receiptKey(id), copy] as const]
      await writeRows(transactions, queue.app, clock.now(), rows)
      await auditWithin(transactions, action, { ...resultOf(copy), result: 'done' })
      return resultOf(copy)
    })
  })
}

/**
 * The letter at a place; of one that only points to its record, with that record's key and value.
 * @throws MillraceError MR4415 when it is gone, or the record that it points to
 */
export async function requireLetter(kafka: Kafka, place: Place): Promise<ReadRecord> {
  const letter = await readAt(kafka, place)
  if (letter === null)
    throw refusal(place, 'There is no such letter', 'retention or a purge has taken it, or it never was')
  const { pointer, source } = reportOf(letter.headers)
  if (pointer === null || source === null) return letter
  const origin = await readAt(kafka, source)
  const problem = wrongOrigin(pointer, origin)
  if (problem !== null) throw refusal(place, 'The letter has no value of its own', problem)
  return { ...letter, key: origin!.key, value: origin!.value }
}

async function readAt(kafka: Kafka, { topic, partition, offset }: Place): Promise<ReadRecord | null> {
  const [info] = await kafka.topics.describe([topic])
  if (!info?.exists || partition >= info.partitions) return null
  const reader = new PlaceReader(kafka, { topic, partition })
  try {
    return (await reader.read([offset])).get(offset) ?? null
  } finally {
    await reader.close()
  }
}

function refuseSettled(ledger: Ledger, place: Place): void {
  const state = ledger.stateAt(place.partition, place.offset)
  if (state !== null) throw refusal(place, `The letter is ${state} already`, 'what is settled is not changed any more')
}

/** A copy holds its value itself. */
function copyHeaders(headers: readonly RecordHeader[], { partition, offset }: Place): RecordHeader[] {
  const kept = headers.filter(({ name }) => !/^__millrace\.dlq\.(pointer(\..*)?|edited\.from)$/.test(name))
  return [...kept, { name: '__millrace.dlq.edited.from', value: Buffer.from(`${partition}/${offset}`) }]
}

function hash(value: Uint8Array | null): string {
  return value === null ? 'null' : createHash('sha256').update(value).digest('hex')
}

function refusal({ topic, partition, offset }: Place, what: string, why: string): MillraceError {
  const where = `queue ${topic}, partition ${partition}, offset ${offset}`
  return new MillraceError('fatal', {
    code: 'MR4415',
    what,
    where,
    why,
    fix: 'millrace dlq show says what became of it',
  })
}
