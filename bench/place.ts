/** Where it is measured: a broker, a client of it, a folder for what is kept on the disk. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kafkaAvailable, startKafka } from '../scripts/kafka.ts'
import { connectTool, type Kafka } from '../scripts/tools/client.ts'
import { type StartedBroker, startEmbedded } from '../scripts/tools/embedded.ts'
import type { BrokerKind } from './options.ts'

export interface Place {
  readonly kafka: Kafka
  readonly brokers: string
  /** For rows: `kafka 4.1.0` or `embedded`. */
  readonly broker: string
  /** Ours. */
  readonly version: string
  readonly directory: string
  /** Our workers are those of the package, as `dist/` has it. Else they run from the sources. */
  readonly isBuilt: boolean
  close(): Promise<void>
}

/** Of every topic that a work reads or writes. */
export const partitions = 4
/** The times in the events are not of today: without this Kafka might delete them during the run. */
export const forever = { 'retention.ms': '-1', 'message.timestamp.type': 'CreateTime' } as const

/** Starts the broker. @throws Error with a sentence for the user when it can't be started */
export async function openPlace(kind: BrokerKind, { isBuilt = false } = {}): Promise<Place> {
  const broker = await startBroker(kind)
  const kafka = await connectTool(broker.brokers, 'bench')
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  return {
    kafka,
    brokers: broker.brokers,
    broker: kind === 'kafka' ? 'kafka 4.1.0' : 'embedded',
    version: ownVersion(),
    directory,
    isBuilt,
    async close() {
      await kafka.close()
      await broker.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function startBroker(kind: BrokerKind): Promise<StartedBroker> {
  if (kind === 'embedded') return startEmbedded()
  const lacking = kafkaAvailable()
  if (lacking !== null) throw new Error(`Apache Kafka cannot be started: ${lacking}. Try --broker embedded`)
  return startKafka({ heap: '1g', compile: 'full' })
}

/** The version of the package. */
export function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
