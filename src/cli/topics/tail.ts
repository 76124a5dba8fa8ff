/** `millrace topics tail NAME` */
import type { Fetcher, Kafka } from '../../kafka/port.ts'
import { partitionsOfTopic } from '../../record.ts'
import type { RecordBatch } from '../../wire/batch.ts'
import { safeJson } from '../print/safe-json.ts'
import { safeLine } from '../print/untrusted.ts'
import { stopOnSignal } from '../worker/signals.ts'
import { partitionsOf, withKafka } from './client.ts'

/** The flags, parsed. */
export interface TailFlags {
  readonly brokers?: readonly string[]
  readonly until?: 'end'
  readonly json: boolean
}

/** Prints committed records as they come: a line each, as JSON with offsets as text. */
export async function tailCommand(name: string, { brokers, until, json }: TailFlags): Promise<void> {
  const stop = stopOnSignal('stopping')
  try {
    await withKafka(brokers, async (kafka) => {
      const fetcher = kafka.fetcher({ isolation: 'read_committed' })
      stop.signal.addEventListener('abort', () => fetcher.wake())
      const unread = await seekAll(kafka, fetcher, name)
      while (!stop.signal.aborted && (until !== 'end' || unread.size > 0)) {
        for (const { partition, batches, nextOffset } of await fetcher.poll({ seconds: 1 })) {
          for (const batch of batches) printBatch(batch, partition, json)
          if (nextOffset >= (unread.get(partition) ?? 0)) unread.delete(partition)
        }
      }
      await fetcher.close()
    })
  } finally {
    stop.release()
  }
}

/** Begins at the start of every partition; the ends as they are now, of those that hold anything. */
async function seekAll(kafka: Kafka, fetcher: Fetcher, topic: string): Promise<Map<number, number>> {
  const places = partitionsOfTopic(topic, await partitionsOf(kafka, topic))
  const ends = await kafka.offsets(places, 'stable')
  const starts = await kafka.offsets(places, 'earliest')
  const unread = new Map(ends.map(({ partition, offset }) => [partition, offset]))
  for (const { partition, offset } of starts) {
    fetcher.seek({ topic, partition }, offset)
    if (offset >= unread.get(partition)!) unread.delete(partition)
  }
  return unread
}

function printBatch(batch: RecordBatch, partition: number, json: boolean): void {
  for (const cursor = batch.cursor(); cursor.next(); ) {
    const key = textOf(cursor.bytes, cursor.keyStart, cursor.keyEnd)
    const value = textOf(cursor.bytes, cursor.valueStart, cursor.valueEnd)
    const time = timeOf(cursor.timestamp)
    const record = { partition, offset: String(cursor.offset), time, key, value }
    console.log(
      json
        ? safeJson(record)
        : `${partition}/${cursor.offset}  ${time}  ${safeLine(key ?? '∅')}  ${safeLine(value ?? '∅')}`,
    )
  }
}

/** Kafka takes any number for a time, also such as no calendar has. */
function timeOf(timestamp: number): string {
  const time = new Date(timestamp)
  return Number.isNaN(time.getTime()) ? String(timestamp) : time.toISOString()
}

function textOf(bytes: Buffer, start: number, end: number): string | null {
  return start < 0 ? null : bytes.toString('utf8', start, end)
}
