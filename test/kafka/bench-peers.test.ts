/** Peers of the bench on Apache Kafka: they write what plain loops come to, and say when they began and ended. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareResults, rowsResult, topicResult } from '../../bench/nexmark/compare.ts'
import { generateEvents } from '../../bench/nexmark/events.ts'
import { expectedRows, houseOf } from '../../bench/nexmark/expected.ts'
import { type Filled, fillNexmark, forever, partitions } from '../../bench/nexmark/fill.ts'
import { sideRows } from '../../bench/nexmark/side.ts'
import { outputTopic, type Specification, specifications } from '../../bench/nexmark/specification.ts'
import { kafkaStreams } from '../../bench/peers/kafka-streams/index.ts'
import { kafkajs } from '../../bench/peers/kafkajs/index.ts'
import { type PeerCommand, timesOf } from '../../bench/peers/peer.ts'
import { startProgram } from '../../bench/process.ts'
import { type RunningKafka, startKafka } from '../../scripts/kafka.ts'
import { connectTool, type Kafka } from '../../scripts/tools/client.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('peers of the bench')
/** A minute of event time: windows close in it. */
const count = 6_000
const options = { perSecond: 100 }
const timeoutMilliseconds = 120_000
/** They can't close the windows that end later than this before the last event. */
const unclosedMilliseconds = 10_000

const cases = [
  { peer: kafkaStreams, work: 'windowed-count-final' },
  { peer: kafkaStreams, work: 'q3' },
  { peer: kafkaStreams, work: 'q8' },
  { peer: kafkajs, work: 'q0' },
  { peer: kafkajs, work: 'windowed-count-updates' },
] as const

describe.skipIf(lacking !== null)('peers of the bench', () => {
  const house = houseOf(generateEvents(count, options), sideRows())
  let broker: RunningKafka
  let kafka: Kafka
  let filled: Filled

  beforeAll(async () => {
    broker = await startKafka()
    kafka = await connectTool(broker.brokers, 'bench-peers')
    filled = await fillNexmark(kafka, count, options)
  })
  afterAll(async () => {
    await kafka?.close()
    await broker?.stop()
  })

  async function runPeer(peer: PeerCommand, work: string, output: string): Promise<void> {
    await peer.prepare()
    await kafka.topics.create([{ name: output, partitions, configs: forever }])
    const request = { brokers: broker.brokers, work, app: `${peer.name}-${work}`, output, threads: 1 }
    const { code, stdout, stderr } = await startProgram(peer.command(request), timeoutMilliseconds).ended
    expect(code, stderr).toBe(0)
    expect(timesOf(stdout).endedAt).toBeGreaterThan(0)
  }

  test.each(cases)('$peer.name: $work', { timeout: 2 * timeoutMilliseconds }, async ({ peer, work }) => {
    const output = outputTopic(peer.name, work)
    await runPeer(peer, work, output)
    const specification: Specification = specifications[work]
    const before = specification.window === null ? Number.POSITIVE_INFINITY : filled.lastTime - unclosedMilliseconds
    const expected = rowsResult(expectedRows(work, house))
    const { difference } = await compareResults(expected, topicResult(kafka, output), specification, before)
    expect(difference).toBeNull()
  })
})
