/** What is deployed: the last topology that a worker started with, kept beside the progress of its tasks. */
import type { Kafka } from '../kafka/port.ts'
import { describeGraph, type GraphDescription } from '../topology/describe-graph.ts'
import { type Graph, topicNames } from '../topology/graph.ts'
import { BatchBuilder } from '../wire/batch.ts'
import { restore } from './restore/restore.ts'

/** No task is called so: `#` parts a task from the number of a decision. */
const key = '#topology'

interface Deployed {
  readonly version: 1
  readonly hash: string
  readonly description: GraphDescription
}

/**
 * The topology that was started last under this name, or null when none was.
 * @example compareTopologies(await readDeployed(kafka, 'word-count'), describeGraph(compile(wordCount)))
 */
export async function readDeployed(kafka: Kafka, app: string): Promise<GraphDescription | null> {
  return (await readRow(kafka, app))?.description ?? null
}

/** Remembers what runs from now on. Whoever starts last says it: during a rollout that is the new version. */
export async function recordDeployed(kafka: Kafka, graph: Graph): Promise<void> {
  const deployed = await readRow(kafka, graph.app)
  if (deployed?.hash === graph.hash) return
  const row: Deployed = { version: 1, hash: graph.hash, description: describeGraph(graph) }
  const producer = kafka.producer()
  try {
    const batch = new BatchBuilder()
    batch.append(0, key, JSON.stringify(row))
    await producer.append(placeOf(graph.app), batch)
  } finally {
    await producer.close()
  }
}

/** The first partition has it. */
function placeOf(app: string): { topic: string; partition: number } {
  return { topic: topicNames.progress(app), partition: 0 }
}

async function readRow(kafka: Kafka, app: string): Promise<Deployed | null> {
  const partition = placeOf(app)
  const [info] = await kafka.topics.describe([partition.topic])
  if (!info?.exists) return null
  let found: Deployed | null = null
  const apply = (rowKey: Buffer | null, value: Buffer | null): void => {
    if (value !== null && rowKey?.toString() === key) found = JSON.parse(value.toString()) as Deployed
  }
  await restore(kafka, [{ partition, apply }], () => false)
  return found
}
