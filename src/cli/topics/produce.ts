/** `millrace topics produce NAME < lines` */
import { createInterface } from 'node:readline'
import { systemClock } from '../../clock.ts'
import { partitionFor } from '../../kafka/murmur2.ts'
import { BatchBuilder } from '../../wire/batch.ts'
import { partitionsOf, withKafka } from './client.ts'

/** The flags, parsed. */
export interface ProduceFlags {
  readonly brokers?: readonly string[]
  readonly keySeparator?: string
  readonly json: boolean
}

const batchBytes = 262_144

/** Writes each line of stdin as a record stamped with the present time; without keys partitions take turns. */
export async function produceCommand(name: string, { brokers, keySeparator, json }: ProduceFlags): Promise<void> {
  const records = await withKafka(brokers, async (kafka) => {
    const batches = Array.from({ length: await partitionsOf(kafka, name) }, () => new BatchBuilder())
    const producer = kafka.producer()
    let failure: unknown = null
    const send = (partition: number): void => {
      if (batches[partition]!.count === 0) return
      producer.append({ topic: name, partition }, batches[partition]!).catch((error: unknown) => {
        failure ??= error
      })
    }
    let count = 0
    for await (const line of createInterface({ input: process.stdin })) {
      const { key, value } = parted(line, keySeparator)
      const partition = key === null ? count % batches.length : partitionFor(Buffer.from(key), batches.length)
      batches[partition]!.append(systemClock.now(), key, value)
      count++
      if (batches[partition]!.sizeInBytes <= batchBytes) continue
      send(partition)
      await producer.room()
      if (failure !== null) throw failure
    }
    for (const partition of batches.keys()) send(partition)
    await producer.close()
    if (failure !== null) throw failure
    return count
  })
  if (json) console.log(JSON.stringify({ topic: name, records }))
  else console.error(`${records} records written to ${name}`)
}

/** A line without the separator is a value without a key. */
function parted(line: string, separator: string | undefined): { readonly key: string | null; readonly value: string } {
  const at = separator === undefined ? -1 : line.indexOf(separator)
  if (separator === undefined || at < 0) return { key: null, value: line }
  return { key: line.slice(0, at), value: line.slice(at + separator.length) }
}
