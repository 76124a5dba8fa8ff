/** Records through a worker, in a topic of their own: what comes out, and the dead letters. */
import { connectTool } from '../../scripts/tools/client.ts'
import type { CommittedRecord } from '../../scripts/tools/committed.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { bytes, from, nullable, type RunOptions, type RunSummary, run, topic, topology } from '../../src/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { read } from './records.ts'

const raw = nullable(bytes)

export interface Worked {
  readonly out: readonly CommittedRecord[]
  readonly letters: readonly CommittedRecord[]
  readonly summary: RunSummary
}

export interface Work {
  /** Writes the input. */
  readonly fill: (client: Kafka, topic: string) => Promise<void>
  /** Of the input. */
  readonly configs?: Readonly<Record<string, string>>
  readonly outputConfigs?: Readonly<Record<string, string>>
  /** What becomes of a value. */
  readonly step?: (value: Uint8Array | null) => Uint8Array | null
  /** Bounded when left out. */
  readonly options?: RunOptions
}

export class Desk {
  readonly brokers: string
  readonly client: Kafka
  private readonly broker: EmbeddedBroker | null
  private count = 0

  private constructor(brokers: string, client: Kafka, broker: EmbeddedBroker | null) {
    this.brokers = brokers
    this.client = client
    this.broker = broker
  }

  /** At these brokers, or at an embedded one of its own. */
  static async open(brokers?: string): Promise<Desk> {
    const broker = brokers === undefined ? await startBroker({ partitions: 1 }) : null
    const address = brokers ?? broker!.address
    return new Desk(address, await connectTool(address, 'corpus'), broker)
  }

  async close(): Promise<void> {
    await this.client.close()
    await this.broker?.close()
  }

  async work({ fill, configs = {}, outputConfigs = {}, step = (value) => value, options = {} }: Work): Promise<Worked> {
    const app = `desk-${this.count++}`
    const [input, output] = [`${app}.in`, `${app}.out`]
    await this.client.topics.create([
      { name: input, partitions: 1, configs },
      { name: output, partitions: 1, configs: outputConfigs },
    ])
    await fill(this.client, input)
    const key = nullable(bytes)
    const flow = from(topic(input, { key, value: raw }))
      .map(step)
      .to(topic(output, { key, value: raw }))
    const summary = await run(topology(app, flow), { brokers: this.brokers, until: 'end', ...options })
    return { out: await read(this.client, output), letters: await read(this.client, `${app}.dlq.${input}`), summary }
  }
}
