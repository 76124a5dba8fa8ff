/** The embedded schema registry: Confluent's REST interface, its records in a compacted topic. */
import { type Clock, systemClock } from '../clock.ts'
import { MillraceError } from '../faults.ts'
import type { Kafka } from '../kafka/port.ts'
import { type Random, systemRandom } from '../random.ts'
import { type Journal, memoryJournal } from './journal.ts'
import { KafkaJournal } from './kafka-journal.ts'
import { serve } from './server.ts'
import { State } from './state.ts'

export interface RegistryOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number
  readonly host?: string
  /** Where the schemas are kept: a connected client, or (the default) in memory, gone with the process. */
  readonly kafka?: Kafka | 'memory'
  /** The topic, `_schemas` when left out; made if there is none. */
  readonly topic?: string
  /** A longer body is refused. */
  readonly maxBodyBytes?: number
  readonly clock?: Clock
  readonly random?: Random
  /** Told of mistakes of the registry itself; a warning of the process when left out. */
  readonly onError?: (error: Error) => void
}

/** A registry that answers. */
export interface EmbeddedRegistry {
  /** `http://host:port` */
  readonly url: string
  readonly port: number
  /** The client that it was given stays open. */
  close(): Promise<void>
}

const defaultBodyBytes = 1_048_576

/**
 * Starts a schema registry and resolves when it answers.
 * @example
 * const registry = await startRegistry({ port: 8081, kafka })
 * await fetch(`${registry.url}/subjects`)
 * @throws MillraceError MR2005 for a client without transactions, MR2009 when the topic is not compacted; Error `EADDRINUSE` when the port is taken
 */
export async function startRegistry(options: RegistryOptions = {}): Promise<EmbeddedRegistry> {
  const { host = '127.0.0.1', port = 0, maxBodyBytes = defaultBodyBytes } = options
  const warn = options.onError ?? ((error) => process.emitWarning(error))
  const onError = (error: unknown): void => warn(error instanceof Error ? error : new Error(String(error)))
  const journal = await openJournal(options)
  try {
    const server = await serve(journal, { host, port, maxBodyBytes, onError })
    return {
      url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${server.port}`,
      port: server.port,
      async close() {
        await server.close()
        await journal.close()
      },
    }
  } catch (error) {
    await journal.close()
    throw error
  }
}

async function openJournal(options: RegistryOptions): Promise<Journal> {
  const { kafka = 'memory', topic = '_schemas', clock = systemClock, random = systemRandom } = options
  const state = new State()
  if (kafka === 'memory') return memoryJournal(state)
  checkFeatures(kafka)
  await kafka.topics.create([{ name: topic, partitions: 1, configs: { 'cleanup.policy': 'compact' } }])
  await checkTopic(kafka, topic)
  return await new KafkaJournal({ kafka, topic, state, clock, random }).open()
}

/** @throws MillraceError MR2005 */
function checkFeatures({ features }: Kafka): void {
  if (features.exactlyOnce) return
  throw new MillraceError('fatal', {
    code: 'MR2005',
    what: 'The schema registry needs a Kafka client with transactions',
    why: 'its ids and versions are given once because each write is a transaction that fences the others',
    fix: "use Millrace's own client, or kafka: 'memory'",
  })
}

/** A topic that loses records by age loses schemas, and one with several partitions has no order. */
async function checkTopic(kafka: Kafka, topic: string): Promise<void> {
  const [configs] = await kafka.admin.describeConfigs([{ type: 'topic', name: topic }])
  const policy = configs?.['cleanup.policy']
  const [info] = await kafka.topics.describe([topic])
  if (policy === 'compact' && info?.partitions === 1) return
  throw new MillraceError('fatal', {
    code: 'MR2009',
    what: `The topic ${topic} has cleanup.policy=${policy} and ${info?.partitions} partitions, it needs compact and 1`,
    where: 'schema registry',
    why: 'schemas that Kafka deletes by age can not be restored, and the order of records is that of a partition',
    fix: `give the registry another topic, or set: kafka-configs.sh --alter --topic ${topic} --add-config cleanup.policy=compact`,
  })
}
