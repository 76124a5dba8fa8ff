import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sleep, systemClock } from '../../src/clock.ts'
import { answersMetadata } from './answer.ts'
import { launchBroker } from './launch.ts'
import { freePorts } from './ports.ts'
import { serverProperties } from './properties.ts'
import { kafkaTool } from './tool.ts'

export interface KafkaOptions {
  /** Absent or 0: a free one. */
  readonly port?: number
  /** Where its log lives. Absent: a temporary folder, removed with the broker. */
  readonly data?: string
  /** `transactionVersion: 0` makes a broker of the days before transaction protocol 2 (KIP-890). */
  readonly features?: { readonly transactionVersion?: 0 | 2 }
  /** Java's word for the largest heap. Default `512m`; benches take `1g`. */
  readonly heap?: string
  /** `quick` (default) is ready sooner, `full` is faster in the long run: for benches. */
  readonly compile?: 'quick' | 'full'
  /** More lines of `server.properties`, or other values for ours. */
  readonly properties?: Readonly<Record<string, string>>
  /** Go on after this process has ended. Needs `data`. */
  readonly forever?: boolean
}

export interface RunningKafka {
  /** `127.0.0.1:port`, for `KAFKA_BROKERS`. */
  readonly brokers: string
  readonly port: number
  readonly pid: number
  readonly data: string
  /** Ends it: at once when its data is temporary, else in good order. Stopping twice does nothing. */
  stop(): Promise<void>
}

const startTimeoutMilliseconds = 60_000
const stopTimeoutMilliseconds = 20_000
const triesForPorts = 3

/**
 * Starts Apache Kafka 4.1 from Maven jars: one node, broker and controller. Resolves when it answers Metadata.
 * It dies with this process, even if that is killed.
 * @example
 * const kafka = await startKafka()
 * await run(topology, { brokers: kafka.brokers })
 * await kafka.stop()
 * @throws Error with the end of the broker's log when it does not come up
 */
export async function startKafka(options: KafkaOptions = {}): Promise<RunningKafka> {
  if (options.forever && options.data === undefined) throw new Error('startKafka: forever needs a data folder')
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'millrace-kafka-'))
  try {
    return await startOnFreePorts(data, options)
  } catch (error) {
    if (options.data === undefined) rmSync(data, { recursive: true, force: true })
    throw error
  }
}

/** Another process may take a port between our asking and the broker's listening: then other ports are tried. */
async function startOnFreePorts(data: string, options: KafkaOptions): Promise<RunningKafka> {
  for (let tries = 1; ; tries++) {
    try {
      return await startOnce(data, options)
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use')
      if (!taken || options.port || tries === triesForPorts) throw error
    }
  }
}

async function startOnce(data: string, options: KafkaOptions): Promise<RunningKafka> {
  const [controllerPort = 0, freePort = 0] = await freePorts(2)
  const port = options.port || freePort
  if (await answersMetadata(port)) throw new Error(`There is a broker on port ${port} already`)
  const logs = join(data, 'log')
  const properties = join(data, 'server.properties')
  mkdirSync(data, { recursive: true })
  writeFileSync(properties, serverProperties({ port, controllerPort, logs }, options.properties ?? {}))
  if (!existsSync(join(logs, 'meta.properties'))) await format(properties, options)
  const log = join(data, 'kafka.log')
  writeFileSync(log, '')
  const broker = launchBroker({
    properties,
    log,
    heap: options.heap ?? '512m',
    compile: options.compile ?? 'quick',
    life: options.forever ? { until: 'forever' } : { until: 'ours', remove: options.data === undefined ? data : '' },
  })
  await ready(broker, port, log)
  const pid = broker.pid as number
  return {
    brokers: `127.0.0.1:${port}`,
    port,
    pid,
    data,
    stop: () => stop(broker, options.data === undefined ? data : null),
  }
}

async function format(properties: string, options: KafkaOptions): Promise<void> {
  const version = options.features?.transactionVersion
  const features = version === undefined ? [] : ['--feature', `transaction.version=${version}`]
  const cluster = randomBytes(16).toString('base64url')
  // An id that begins with a dash would be taken for an option.
  const words = ['format', `--cluster-id=${cluster}`, '--config', properties, ...features]
  const result = await kafkaTool('kafka.tools.StorageTool', words)
  if (result.exitCode !== 0) throw new Error(`Kafka's storage could not be formatted: ${result.stdout}${result.stderr}`)
}

async function ready(broker: ChildProcess, port: number, log: string): Promise<void> {
  const until = systemClock.monotonic() + startTimeoutMilliseconds
  while (!(await answersMetadata(port))) {
    const ended = hasEnded(broker)
    if (!ended && systemClock.monotonic() < until) {
      await sleep(systemClock, 50)
      continue
    }
    broker.kill('SIGKILL')
    const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-15).join('\n')
    throw new Error(`Apache Kafka ${ended ? 'ended at its start' : 'did not answer in time'}:\n${tail}`)
  }
}

async function stop(broker: ChildProcess, remove: string | null): Promise<void> {
  if (!hasEnded(broker)) {
    const ended = once(broker, 'exit')
    broker.kill(remove === null ? 'SIGTERM' : 'SIGKILL')
    const overdue = systemClock.after(stopTimeoutMilliseconds, () => broker.kill('SIGKILL'))
    await ended
    overdue.cancel()
  }
  broker.stdin?.destroy()
  if (remove !== null) rmSync(remove, { recursive: true, force: true })
}

function hasEnded(broker: ChildProcess): boolean {
  return broker.exitCode !== null || broker.signalCode !== null
}
