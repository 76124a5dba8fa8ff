/** Counts every record of the drill where it must be: once, in one place. */
import type { Kafka } from '../../../scripts/tools/client.ts'
import { committedRecords } from '../../../scripts/tools/committed.ts'
import { timeOf } from './fill.ts'
import { ailmentOf, bytesOf, headersOf, keyOf, orderOf } from './record.ts'

export interface Verdict {
  readonly receipts: number
  readonly deadLetters: number
  readonly lost: number
  readonly doubled: number
  readonly complaints: readonly string[]
}

interface Counted {
  readonly found: number
  readonly doubled: number
  readonly complaints: readonly string[]
}

export async function verify(kafka: Kafka, records: number, receipts: string, queue: string): Promise<Verdict> {
  const seen = new Uint8Array(records)
  const out = await countReceipts(kafka, receipts, seen)
  const dead = await countLetters(kafka, queue, seen)
  let lost = 0
  for (const times of seen) if (times === 0) lost++
  return {
    receipts: out.found,
    deadLetters: dead.found,
    lost,
    doubled: out.doubled + dead.doubled,
    complaints: [...out.complaints, ...dead.complaints].slice(0, 10),
  }
}

async function countReceipts(kafka: Kafka, topic: string, seen: Uint8Array): Promise<Counted> {
  const complaints: string[] = []
  let found = 0
  let doubled = 0
  for await (const { key, value } of committedRecords(kafka, topic)) {
    const { id, cents } = JSON.parse(String(value)) as { id: number; cents: number }
    found++
    if (seen[id]!++ > 0) doubled++
    if (ailmentOf(id) !== 'well') complaints.push(`order ${id} is poison (${ailmentOf(id)}) and came out`)
    if (String(key) !== keyOf(id) || cents !== orderOf(id).cents) complaints.push(`the receipt of order ${id} is wrong`)
  }
  return { found, doubled, complaints }
}

async function countLetters(kafka: Kafka, topic: string, seen: Uint8Array): Promise<Counted> {
  const complaints: string[] = []
  let found = 0
  let doubled = 0
  for await (const { key, value, headers } of committedRecords(kafka, topic)) {
    const id = Number(String(key).replace('order-', ''))
    found++
    if (seen[id]!++ > 0) doubled++
    if (ailmentOf(id) === 'well') complaints.push(`order ${id} is well and became a dead letter`)
    if (value === null || !value.equals(bytesOf(id))) complaints.push(`the bytes of order ${id} have changed`)
    const own = headersOf(id)
    const kept = headers.slice(0, own.length)
    if (!own.every((header, index) => isSame(header, kept[index])))
      complaints.push(`the headers of order ${id} have changed`)
    const time = headers.findLast(({ name }) => name === '__millrace.dlq.source.timestamp')?.value
    if (String(Buffer.from(time ?? [])) !== String(timeOf(id))) complaints.push(`the time of order ${id} is lost`)
  }
  return { found, doubled, complaints }
}

type Header = { readonly name: string; readonly value: Uint8Array | null }

function isSame(one: Header, other: Header | undefined): boolean {
  if (other === undefined || one.name !== other.name) return false
  return one.value === null ? other.value === null : other.value !== null && Buffer.from(one.value).equals(other.value)
}
