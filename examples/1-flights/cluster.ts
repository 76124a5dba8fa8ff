/** Where the demo runs (KAFKA_BROKERS, or an embedded broker of its own) and the topics it needs there. */

import type { Kafka, TopicSpec } from '../../scripts/tools/client.ts'
import { type StartedBroker, startEmbedded } from '../../scripts/tools/embedded.ts'
import { recreateTopics } from '../../scripts/tools/topics.ts'
import { compile } from '../../src/index.ts'
import { airlines, cancelledFlights, departuresByOriginHour, flights, flightsByHour, lateFlights } from './topology.ts'

/** The cluster of KAFKA_BROKERS, else the embedded broker in a thread of this process. */
export async function openCluster(): Promise<StartedBroker> {
  const brokers = process.env.KAFKA_BROKERS
  return brokers ? { brokers, stop: async () => {} } : startEmbedded()
}

// The flights are of 2013: without this Kafka deletes them while the demo runs.
const forever = { 'retention.ms': '-1', 'message.timestamp.type': 'CreateTime' }

const specs: readonly TopicSpec[] = [
  { name: flights.name, partitions: 6, configs: forever },
  { name: airlines.name, partitions: 1, configs: { ...forever, 'cleanup.policy': 'compact' } },
  { name: cancelledFlights.name, partitions: 6, configs: forever },
  { name: lateFlights.name, partitions: 3, configs: forever },
  { name: departuresByOriginHour.name, partitions: 3, configs: forever },
]

/** Deletes what an earlier demo left, the topology's internal topics too, and makes the topics anew. */
export async function prepareTopics(kafka: Kafka): Promise<void> {
  const internal = compile(flightsByHour).internal.map((topic) => topic.name)
  await recreateTopics(kafka, [...specs.map((spec) => spec.name), ...internal], specs)
}
