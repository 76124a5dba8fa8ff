/** What the demo left in Kafka, compared with SQL over the file. */

import type { Kafka } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'
import type { OriginHour } from './flight.ts'
import type { Planted, Produced } from './produce.ts'
import { cancelledFlights, departuresByOriginHour, lateFlights } from './topology.ts'
import { type Comparison, compareRows, expectedHours, type FlightName, isVerified } from './verify.ts'

/** What was found. */
export interface Findings {
  readonly rows: readonly OriginHour[]
  readonly windows: number
  readonly counted: number
  readonly cancelled: number
  readonly late: number
  readonly deadLetters: number
  readonly verified: boolean
  /** A sentence for each thing that is wrong. */
  readonly complaints: readonly string[]
}

const deadLetterTopic = 'flights.dlq.flights'

/** Reads every output topic as a read_committed reader and compares it with the file. */
export async function checkResults(kafka: Kafka, produced: Produced): Promise<Findings> {
  const rows = await readJson<OriginHour>(kafka, departuresByOriginHour.name)
  const late = await readJson<FlightName>(kafka, lateFlights.name)
  const cancelled = await readJson<FlightName>(kafka, cancelledFlights.name)
  const letters = await checkDeadLetters(kafka, produced.planted)
  const comparison = compareRows(await expectedHours(late), rows)
  const counted = rows.reduce((sum, row) => sum + row.flights, 0)
  const complaints = [
    ...complaintsOf(comparison),
    ...unequal('flights counted and late', counted + late.length, produced.departed),
    ...unequal('cancelled flights', cancelled.length, produced.flights - produced.departed),
    ...letters.complaints,
  ]
  return {
    rows,
    windows: rows.length,
    counted,
    cancelled: cancelled.length,
    late: late.length,
    deadLetters: letters.count,
    verified: isVerified(comparison) && complaints.length === 0,
    complaints,
  }
}

async function readJson<T>(kafka: Kafka, topic: string): Promise<T[]> {
  const values: T[] = []
  for await (const { value } of committedRecords(kafka, topic)) values.push(JSON.parse(String(value)) as T)
  return values
}

/** Each planted record must be there once, byte for byte, with headers that name its place. */
async function checkDeadLetters(
  kafka: Kafka,
  planted: readonly Planted[],
): Promise<{ count: number; complaints: string[] }> {
  const missing = new Map(planted.map((each) => [`${each.partition} ${each.offset}`, each.value]))
  const strange: string[] = []
  let count = 0
  for await (const { value, headers } of committedRecords(kafka, deadLetterTopic)) {
    count++
    const header = (name: string): string => String(headers.find((each) => each.name === name)?.value ?? 'no header')
    const place = `${header('__streams.errors.partition')} ${header('__streams.errors.offset')}`
    const isPlanted = value !== null && missing.get(place)?.equals(value) === true
    const stage = header('__millrace.dlq.stage')
    if (!isPlanted || stage !== 'deserialize') {
      strange.push(`${place} of ${header('__streams.errors.topic')}, ${stage}: ${header('__streams.errors.message')}`)
    }
    missing.delete(place)
  }
  const complaints = [
    ...someOf('dead letters that were not planted', strange),
    ...someOf('planted records without a dead letter', [...missing.keys()]),
  ]
  return { count, complaints }
}

/** One sentence for many of a kind. */
function someOf(what: string, found: readonly string[]): string[] {
  return found.length === 0 ? [] : [`${found.length} ${what}, the first: ${found[0]}`]
}

function unequal(what: string, found: number, expected: number): string[] {
  return found === expected ? [] : [`${what}: ${found}, the file says ${expected}`]
}

function complaintsOf({ missing, doubled, different, unexpected }: Comparison): string[] {
  const kinds = { missing, doubled, different, unexpected }
  return Object.entries(kinds).flatMap(([kind, rows]) => {
    const found = rows.map((row) => JSON.stringify(row))
    return someOf(`${kind} rows`, found)
  })
}
