/** What a commit asks of the brokers, by the client's own count. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { works } from '../../../bench/inside/works.ts'
import { BatchBuilder, connectTool, type Kafka } from '../../../scripts/tools/client.ts'
import { type StartedBroker, startEmbedded } from '../../../scripts/tools/embedded.ts'
import { run } from '../../../src/index.ts'

const partitions = 4
const recordsPerPartition = 500

let broker: StartedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startEmbedded()
  kafka = await connectTool(broker.brokers, 'requests')
  await kafka.topics.create(['nexmark.bids', 'out'].map((name) => ({ name, partitions })))
  const producer = kafka.producer()
  for (let partition = 0; partition < partitions; partition++) {
    const batch = new BatchBuilder()
    for (let record = 0; record < recordsPerPartition; record++) batch.append(record, `key ${record}`, `bid ${record}`)
    await producer.append({ topic: 'nexmark.bids', partition }, batch)
  }
  await producer.close()
})

afterAll(async () => {
  await kafka.close()
  await broker.stop()
})

test('a commit takes two requests beside those that carry records, however many tasks it covers', async () => {
  const client = await connectTool(broker.brokers, 'worker')
  // Nothing is sent, and nothing committed, because time goes by.
  const { commits, recordsIn } = await run(works['count-text']!, {
    kafka: client,
    until: 'end',
    commitInterval: { hours: 1 },
  })
  const asked = (request: string): number => client.metrics().get(request)?.requests ?? 0
  await client.close()
  expect(recordsIn).toBe(partitions * recordsPerPartition)
  expect(commits).toBeLessThanOrEqual(1 + partitions)
  expect([asked('TxnOffsetCommit'), asked('EndTxn')]).toEqual([commits, commits])
  expect([asked('AddPartitionsToTxn'), asked('AddOffsetsToTxn')]).toEqual([0, 0])
  // Outputs, changelogs and progress of all tasks travel together; the first of all says what is deployed.
  expect(asked('Produce')).toBeLessThanOrEqual(1 + 2 * commits)
})
