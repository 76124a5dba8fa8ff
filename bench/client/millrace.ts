/** Our client through its port, as the runtime uses it. */
import { BatchBuilder, connectTool, type Kafka, partitionsOf, type TopicPartition } from '../../scripts/tools/client.ts'
import { recordBytes, recordsPerPartition, transactionPartitions } from './report.ts'
import { main } from './timed.ts'

const batchBytes = 256 * 1024
/** Enough to keep five requests to the node going. */
const batchesInFlight = 24
const value = Buffer.alloc(recordBytes, 'x')

async function connected(brokers: string, topic: string): Promise<{ kafka: Kafka; places: TopicPartition[] }> {
  const kafka = await connectTool(brokers, 'bench')
  return { kafka, places: await partitionsOf(kafka, topic) }
}

await main({
  async produce({ brokers, topic, count }, stopwatch) {
    const { kafka, places } = await connected(brokers, topic)
    const producer = kafka.producer()
    const batches = places.map(() => new BatchBuilder(batchBytes))
    const sending: Promise<unknown>[] = []
    stopwatch.start()
    const time = Date.now()
    for (let index = 0; index < count; index++) {
      const partition = index % places.length
      const batch = batches[partition]!
      batch.append(time, null, value)
      if (batch.sizeInBytes < batchBytes - recordBytes * 2) continue
      sending.push(producer.append(places[partition]!, batch))
      if (sending.length >= batchesInFlight) await sending.shift()
    }
    for (const [partition, batch] of batches.entries()) {
      if (batch.count > 0) sending.push(producer.append(places[partition]!, batch))
    }
    await Promise.all(sending)
    stopwatch.stop()
  },
  async consume({ brokers, topic, count }, stopwatch) {
    const { kafka, places } = await connected(brokers, topic)
    const fetcher = kafka.fetcher({ isolation: 'read_committed' })
    stopwatch.start()
    for (const place of places) fetcher.seek(place, 0)
    let bytes = 0
    for (let read = 0; read < count; ) {
      for (const { batches } of await fetcher.poll({ seconds: 1 })) {
        for (const batch of batches) {
          read += batch.recordCount
          for (const cursor = batch.cursor(); cursor.next(); ) bytes += cursor.valueEnd - cursor.valueStart
        }
      }
    }
    stopwatch.stop()
    if (bytes !== count * recordBytes) throw new Error(`${bytes} bytes were read instead of ${count * recordBytes}`)
  },
  async transaction({ brokers, topic, count }, stopwatch) {
    const { kafka, places } = await connected(brokers, topic)
    const transactions = kafka.transactions(`bench-${process.pid}`, { timeout: { seconds: 30 } })
    await transactions.init()
    const batch = new BatchBuilder()
    const once = async (): Promise<void> => {
      const appends: Promise<unknown>[] = []
      for (const place of places.slice(0, transactionPartitions)) {
        for (let record = 0; record < recordsPerPartition; record++) batch.append(Date.now(), null, value)
        appends.push(transactions.append(place, batch))
      }
      await Promise.all(appends)
      await transactions.commit()
    }
    stopwatch.start()
    for (let done = 0; done < count; done++) await stopwatch.time(once)
    stopwatch.stop()
  },
})
