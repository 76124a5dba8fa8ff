/** The package's entry that makes the default Kafka client: options, then the environment, then defaults. */
import { type Clock, systemClock } from './clock.ts'
import { type EnvironmentSettings, readEnvironment } from './environment/read.ts'
import { parseBrokers } from './environment/values.ts'
import { MillraceError } from './faults.ts'
import type { NativeConfig } from './kafka/native/config.ts'
import { connectKafka } from './kafka/native/index.ts'
import type { Kafka } from './kafka/port.ts'
import { publish } from './observe/events.ts'
import type { QueryOptions } from './queries/options.ts'
import type { QueryServer } from './queries/server.ts'
import { systemRandom } from './random.ts'
import { explainKafkaError } from './runtime/kafka-errors.ts'
import { type RunSummary, runWorker, type RunOptions as WorkerOptions } from './runtime/run.ts'
import type { Topology } from './topology/topology.ts'

export { sharedBreakers } from './runtime/breakers/memory.ts'
export type { RunSummary } from './runtime/run.ts'

/** Settings of the Kafka client, in the words of kafkajs; `brokers` may also come from the option or the environment. */
export type KafkaSettings = Omit<NativeConfig, 'brokers'> & Partial<Pick<NativeConfig, 'brokers'>>

/** How a worker runs. What is absent comes from the environment (`millrace help env`), else from the defaults. */
export interface RunOptions extends Omit<WorkerOptions, 'kafka' | 'reader'> {
  /** `host:port`, several in a list or separated by commas. Absent: `KAFKA_BROKERS`. */
  readonly brokers?: string | readonly string[]
  /** Settings of the client, or a client of your own: that one stays open when the worker ends. */
  readonly kafka?: KafkaSettings | Kafka
  /**
   * Answers questions about the state of the worker's tasks on a port, over HTTP and WebSocket (`millrace/queries`).
   * Another address than 127.0.0.1 needs a token; without `token` that is `MILLRACE_QUERIES_TOKEN`.
   */
  readonly queries?: QueryOptions
}

/**
 * Runs a topology until it is stopped by `signal`, or for a bounded run (`until`) until its input is through.
 * @example await run(wordCount)                                    // brokers from KAFKA_BROKERS
 * @example await run(wordCount, { brokers: 'localhost:9092', until: 'end' })
 * @throws MillraceError whatever ends the worker: `MR2001` no broker answers, `MR2002` a topic is missing, …
 */
export async function run(topology: Topology, options: RunOptions = {}): Promise<RunSummary> {
  const environment = readEnvironment(process.env)
  const { brokers, kafka: given, queries, ...own } = options
  const { instance, guarantee, commitInterval, sessionTimeout, outOfRange, startAt } = environment
  const { rateLimit, includeStack } = environment
  const defaults = definedOf({ instance, guarantee, commitInterval, sessionTimeout, outOfRange, startAt })
  const deadLetters = { ...definedOf({ rateLimit, includeStack }), ...own.deadLetters }
  const isOwn = given !== undefined && 'features' in given
  const addresses = isOwn ? null : brokersOf(brokers, given, environment)
  const kafka = addresses === null ? (given as Kafka) : connect(addresses, given as KafkaSettings, options, environment)
  let server: QueryServer | undefined
  try {
    server = queries && (await answerQueries(topology, queries, { token: environment.queriesToken, ...own }))
    return await runWorker(topology, {
      ...defaults,
      ...own,
      deadLetters,
      kafka,
      ...(server && { reader: server.reader }),
    })
  } catch (error) {
    throw explainKafkaError(error, whereOf(topology, addresses))
  } finally {
    await server?.close()
    if (!isOwn) await kafka.close()
  }
}

/** Loaded where it is asked for: it is the one part of a worker that needs a package. */
async function answerQueries(
  { name: app }: Topology,
  queries: QueryOptions,
  { token, clock = systemClock }: { readonly token?: string | undefined; readonly clock?: Clock },
): Promise<QueryServer> {
  const { startQueryServer } = await import('./queries/server.ts')
  const server = await startQueryServer({ ...definedOf({ token }), ...queries }, { clock })
  publish('queries.started', () => ({ app, address: server.address }))
  return server
}

/**
 * The client that `run` would use, for commands beside it. Not connected yet; the caller closes it.
 * @throws MillraceError `MR1003` when nothing says where the brokers are
 */
export function defaultKafka(brokers?: string | readonly string[]): Kafka {
  const environment = readEnvironment(process.env)
  return connect(brokersOf(brokers, undefined, environment), undefined, {}, environment)
}

function connect(
  brokers: NativeConfig['brokers'],
  settings: KafkaSettings | undefined,
  { clock = systemClock, random = systemRandom }: RunOptions,
  environment: EnvironmentSettings,
): Kafka {
  const { clientId, ssl, sasl } = environment
  return connectKafka({ ...definedOf({ clientId, ssl, sasl }), ...settings, brokers }, { clock, random })
}

function brokersOf(
  brokers: RunOptions['brokers'],
  settings: KafkaSettings | undefined,
  environment: EnvironmentSettings,
): NativeConfig['brokers'] {
  const given = brokers ?? settings?.brokers ?? environment.brokers
  if (typeof given === 'function') return given
  const list = typeof given === 'string' ? given.split(',') : (given ?? [])
  if (list.length > 0) return parseBrokers(list.join(','), 'brokers')
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: 'No Kafka broker is configured',
    why: 'there is no option brokers, and KAFKA_BROKERS is not set',
    fix: 'Set KAFKA_BROKERS=host:port (or --brokers), or start a broker for your desk: millrace broker --port 9092',
  })
}

function whereOf(topology: Topology, brokers: NativeConfig['brokers'] | null): string {
  const at = Array.isArray(brokers) ? `, brokers ${brokers.join(',')}` : ''
  return `topology ${topology.name}${at}`
}

/** Without the keys that are undefined: an absent option must not hide a default. */
function definedOf<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
