/** Workers and a broker inside the process, on a clock that is moved by hand: what they do in a minute is counted. */
import { type EmbeddedBroker, startBroker, VirtualClock } from '../../../src/broker/index.ts'
import type { Clock } from '../../../src/clock.ts'
import type { Topology } from '../../../src/index.ts'
import { connectKafka } from '../../../src/kafka/native/index.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { seededRandom } from '../../../src/random.ts'
import { type RunOptions, type RunSummary, runWorker } from '../../../src/runtime/run.ts'
import { BatchBuilder } from '../../../src/wire/batch.ts'

export interface QuietWorker {
  readonly ended: Promise<RunSummary>
  /** How often its wheel has turned. */
  turns(): number
  /** Requests of its client so far, by name. */
  requests(): Map<string, number>
  stop(): Promise<RunSummary>
}

export interface QuietWorld {
  readonly clock: VirtualClock
  readonly kafka: Kafka
  create(partitions: number, ...names: string[]): Promise<void>
  produce(topic: string, value: string, time?: number): Promise<void>
  start(built: Topology, options?: Partial<RunOptions>): Promise<QuietWorker>
  /** The wall clock of the workers is set; their other one goes on as it did. */
  setForward(milliseconds: number): void
  close(): Promise<void>
}

export async function quietWorld(): Promise<QuietWorld> {
  const clock = new VirtualClock()
  const broker = await startBroker({ inProcess: true, clock, random: seededRandom(1), requestLog: 100_000 })
  let clients = 0
  let ahead = 0
  const connect = async (clientId: string): Promise<Kafka> => {
    const config = { brokers: [broker.address], socketFactory: broker.socketFactory, clientId }
    const kafka = connectKafka(config, { clock, random: seededRandom(++clients) })
    await clock.until(kafka.connect())
    return kafka
  }
  const kafka = await connect('test')
  const open: Kafka[] = [kafka]
  return {
    clock,
    kafka,
    create: (partitions, ...names) =>
      clock.until(kafka.topics.create(names.map((name) => ({ name, partitions, configs: { 'retention.ms': '-1' } })))),
    produce: (topic, value, time = clock.now()) => clock.until(append(kafka, topic, value, time)),
    async start(built, options = {}) {
      const clientId = `worker-${clients}`
      const client = await connect(clientId)
      open.push(client)
      const wallClock = (): number => clock.now() + ahead
      return startedOn({ clock, wallClock, broker, clientId }, built, {
        ...options,
        kafka: client,
        random: seededRandom(clients + 100),
      })
    },
    setForward: (milliseconds) => {
      ahead += milliseconds
    },
    async close() {
      for (const each of open) await clock.until(each.close())
      await broker.close()
    },
  }
}

interface Surroundings {
  readonly clock: VirtualClock
  wallClock(): number
  readonly broker: EmbeddedBroker
  readonly clientId: string
}

function startedOn(
  { clock, wallClock, broker, clientId }: Surroundings,
  built: Topology,
  options: Partial<RunOptions> & Pick<RunOptions, 'kafka'>,
): QuietWorker {
  const stopping = new AbortController()
  let turns = 0
  // A wheel gives way once a turn; nothing else of a worker without breakers asks for that.
  const counting: Clock = {
    now: wallClock,
    monotonic: () => clock.monotonic(),
    after: (milliseconds, callback) => clock.after(milliseconds, callback),
    soon(callback) {
      turns++
      clock.soon(callback)
    },
  }
  const ended = runWorker(built, { ...options, signal: stopping.signal, clock: counting })
  ended.catch(() => undefined)
  return {
    ended,
    turns: () => turns,
    requests() {
      const counts = new Map<string, number>()
      for (const { api } of broker.requests({ clientId })) counts.set(api, (counts.get(api) ?? 0) + 1)
      return counts
    },
    stop() {
      stopping.abort()
      return clock.until(ended)
    },
  }
}

async function append(kafka: Kafka, topic: string, value: string, time: number): Promise<void> {
  const producer = kafka.producer()
  const batch = new BatchBuilder()
  batch.append(time, null, value)
  await producer.append({ topic, partition: 0 }, batch)
  await producer.close()
}
