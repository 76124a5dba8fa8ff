/** What the workers wrote, as a read_committed reader sees it. */
import type { Kafka } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'

/** The JSON values of a topic. */
export async function readJson<T>(kafka: Kafka, topic: string): Promise<T[]> {
  const values: T[] = []
  for await (const { value } of committedRecords(kafka, topic)) values.push(JSON.parse(String(value)) as T)
  return values
}
