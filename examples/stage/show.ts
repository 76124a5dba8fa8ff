/** Runs an example: topics, data, two workers to the end of it, and a check by another route. */
import { connectTool, type Kafka } from '../../scripts/tools/client.ts'
import { type StartedBroker, startEmbedded } from '../../scripts/tools/embedded.ts'
import { recreateTopics } from '../../scripts/tools/topics.ts'
import { systemClock } from '../../scripts/tools/world.ts'
import { compile } from '../../src/index.ts'
import type { Example, Findings } from './example.ts'
import { workToTheEnd } from './workers.ts'

export interface Shown extends Findings {
  readonly verified: boolean
  readonly seconds: number
}

/** On the cluster of KAFKA_BROKERS, else on an embedded broker that lives as long as the example. */
export async function show(example: Example): Promise<Shown> {
  const begin = systemClock.monotonic()
  const cluster = await openCluster()
  try {
    const kafka = await connectTool(cluster.brokers, `example-${example.number}`)
    const findings = await play(example, kafka, cluster.brokers)
    await kafka.close()
    const seconds = Math.round(systemClock.monotonic() - begin) / 1000
    return { ...findings, verified: findings.complaints.length === 0, seconds }
  } finally {
    await cluster.stop()
  }
}

async function play(example: Example, kafka: Kafka, brokers: string): Promise<Findings> {
  await prepareTopics(example, kafka)
  await example.produce(kafka)
  await workToTheEnd(example.file, brokers)
  return example.check(kafka)
}

/** Deletes what an earlier run left, the topology's internal topics too, and makes the topics anew. */
async function prepareTopics({ topology, topics }: Example, kafka: Kafka): Promise<void> {
  const internal = compile(topology).internal.map((topic) => topic.name)
  await recreateTopics(kafka, [...topics.map((topic) => topic.name), ...internal], topics)
}

async function openCluster(): Promise<StartedBroker> {
  const brokers = process.env.KAFKA_BROKERS
  return brokers ? { brokers, stop: async () => {} } : startEmbedded()
}
