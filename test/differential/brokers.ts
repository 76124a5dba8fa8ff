/** Both brokers as the scripts want them: nothing happens that no request has asked for. */
import { startKafka } from '../../scripts/kafka.ts'
import { startBroker } from '../../src/broker/index.ts'
import type { Brokers } from './compare.ts'
import type { Protocol } from './world.ts'

/** Records of a script are older than the retention: no check may come in between. */
const never = String(24 * 60 * 60 * 1000)
const properties = {
  'offsets.topic.num.partitions': '50',
  'log.initial.task.delay.ms': never,
  'log.retention.check.interval.ms': never,
  'log.cleaner.backoff.ms': never,
}

/** Starts both, and closes what it has started. */
export async function withBrokers<T>(protocol: Protocol, work: (brokers: Brokers) => Promise<T>): Promise<T> {
  const features = { transactionVersion: protocol }
  const kafka = await startKafka({ features, properties })
  const [retentionCheckInterval, compactionCheckInterval] = [{ hours: 24 }, { hours: 24 }]
  const markerDelay = { minimum: 0, maximum: 5 }
  const embedded = await startBroker({ features, markerDelay, retentionCheckInterval, compactionCheckInterval })
  try {
    return await work({ kafka: kafka.brokers, embedded: embedded.address, protocol })
  } finally {
    await embedded.close()
    await kafka.stop()
  }
}
