/** What a worker writes is compressed where its options say so, and read as ever. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { from, run, text, topic, topology } from '../../../src/index.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { batchOf, connected, endOf, readUpTo, rowsOf } from '../../contracts/tools.ts'

let broker: EmbeddedBroker
let kafka: Kafka
beforeAll(async () => {
  broker = await startBroker()
  kafka = await connected(broker.address)
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
})

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)('%s', async (compression) => {
  const [input, output] = [`in-${compression}`, `out-${compression}`]
  await kafka.topics.create([input, output].map((name) => ({ name, partitions: 1 })))
  const values = Array.from({ length: 50 }, (_, place) => `${place} round and round and round`)
  await kafka.producer().append({ topic: input, partition: 0 }, batchOf(...values))
  const copy = topology(`copy-${compression}`, from(topic(input, { value: text })).to(topic(output, { value: text })))
  await run(copy, { brokers: broker.address, until: 'end', compression })
  const place = { topic: output, partition: 0 }
  const fetcher = kafka.fetcher({ isolation: 'read_uncommitted' })
  fetcher.seek(place, 0)
  const fetched = await readUpTo(fetcher, [{ ...place, offset: await endOf(kafka, place) }])
  const batches = fetched.flatMap((part) => part.batches)
  expect(batches.map((batch) => batch.compression)).toContain(compression)
  expect(batches.flatMap(rowsOf).map(({ value }) => value)).toEqual(values)
  await fetcher.close()
})
