/** Queries run by workers on the embedded broker, topics of 4 partitions: what comes together is not in order. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareResults, rowsResult, topicResult } from '../../../bench/nexmark/compare.ts'
import { countOf, generateEvents } from '../../../bench/nexmark/events.ts'
import { expectedRows, foretold, houseOf } from '../../../bench/nexmark/expected.ts'
import { type Filled, fillNexmark, forever, partitions } from '../../../bench/nexmark/fill.ts'
import { sideRows } from '../../../bench/nexmark/side.ts'
import { specifications } from '../../../bench/nexmark/specification.ts'
import { workNamed } from '../../../bench/nexmark/works.ts'
import { connectTool, type Kafka } from '../../../scripts/tools/client.ts'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { run } from '../../../src/index.ts'

/** 25 seconds of event time over midnight. */
const count = 20_000
const options = { from: Date.UTC(2026, 0, 1, 23, 59, 45), perSecond: 800 }
const house = houseOf(generateEvents(count, options), sideRows())

let broker: EmbeddedBroker
let kafka: Kafka
let filled: Filled
beforeAll(async () => {
  broker = await startBroker()
  kafka = await connectTool(broker.address, 'nexmark-test')
  filled = await fillNexmark(kafka, count, options)
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
})

test('all events are in their topics', () => {
  const [persons, auctions, bids] = [countOf('persons', count), countOf('auctions', count), countOf('bids', count)]
  expect(filled.records).toEqual({ persons, auctions, bids, side: 10_000 })
  expect(filled.lastTime).toBe(house.bids.at(-1)!.dateTime)
})

/** q23 needs far more events before anybody bids whom one knows. */
test.each(foretold.filter((name) => name !== 'q23'))('%s gives the rows of plain loops', async (name) => {
  const work = workNamed(name)!
  await kafka.topics.create([{ name: work.output, partitions, configs: forever }])
  await run(work.topology, { brokers: broker.address, until: 'end' })
  const rows = rowsResult(expectedRows(name, house))
  const { difference } = await compareResults(rows, topicResult(kafka, work.output), specifications[name])
  expect(difference).toBeNull()
})
