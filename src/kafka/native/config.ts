/** What the client is told: the part of kafkajs' `KafkaConfig` that it honours. The rest is refused by name, never ignored. */
import { MillraceError } from '../../faults.ts'

export interface RetryConfig {
  /** First wait before a repetition, in milliseconds. */
  readonly initialRetryTime: number
  /** Longest wait, in milliseconds. */
  readonly maxRetryTime: number
  /** Repetitions after the first attempt; time (`requestTimeout`) bounds them as well. */
  readonly retries: number
}

/** kafkajs' `KafkaConfig` as far as it is honoured; times in milliseconds. */
export interface NativeConfig {
  readonly clientId?: string
  /** `host:port` of one or more brokers, or a function that gives them. */
  readonly brokers: readonly string[] | (() => readonly string[] | Promise<readonly string[]>)
  readonly connectionTimeout?: number
  readonly requestTimeout?: number
  readonly retry?: Partial<RetryConfig>
  readonly ssl?: unknown
  readonly sasl?: unknown
}

export interface ClientConfig {
  readonly clientId: string
  readonly brokers: () => readonly string[] | Promise<readonly string[]>
  readonly connectionTimeout: number
  readonly requestTimeout: number
  readonly retry: RetryConfig
}

export interface Address {
  readonly host: string
  readonly port: number
}

const known = new Set(['clientId', 'brokers', 'connectionTimeout', 'requestTimeout', 'retry', 'ssl', 'sasl'])
const knownOfRetry = new Set(['initialRetryTime', 'maxRetryTime', 'retries'])
const defaultRetry: RetryConfig = { initialRetryTime: 50, maxRetryTime: 1_000, retries: 1_000 }

/**
 * The configuration with its defaults.
 * @throws MillraceError MR1004 for a key that is not known or not honoured yet, MR1003 for a value that makes no sense
 */
export function checkConfig(config: NativeConfig): ClientConfig {
  refuseUnknown(config, known, '')
  refuseLater('ssl', config.ssl)
  refuseLater('sasl', config.sasl)
  if (config.retry !== undefined) refuseUnknown(config.retry, knownOfRetry, 'retry.')
  const { brokers } = config
  if (typeof brokers !== 'function') checkBrokers(brokers)
  return {
    clientId: config.clientId ?? 'millrace',
    brokers: typeof brokers === 'function' ? brokers : () => brokers,
    connectionTimeout: milliseconds('connectionTimeout', config.connectionTimeout, 1_000),
    requestTimeout: milliseconds('requestTimeout', config.requestTimeout, 30_000),
    retry: checkRetry(config.retry ?? {}),
  }
}

function checkBrokers(brokers: readonly string[]): void {
  for (const address of brokers) parseAddress(address)
  if (brokers.length > 0) return
  throw new MillraceError('fatal', { code: 'MR1003', what: 'The list of brokers is empty', fix: 'Name at least one' })
}

function checkRetry(retry: Partial<RetryConfig>): RetryConfig {
  return {
    initialRetryTime: milliseconds('retry.initialRetryTime', retry.initialRetryTime, defaultRetry.initialRetryTime),
    maxRetryTime: milliseconds('retry.maxRetryTime', retry.maxRetryTime, defaultRetry.maxRetryTime),
    retries: milliseconds('retry.retries', retry.retries, defaultRetry.retries),
  }
}

/**
 * `host:port` taken apart; an IPv6 host stands in brackets.
 * @throws MillraceError MR1003
 */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text.trim())
  const port = Number(match?.[3])
  if (match === null || port < 1 || port > 65_535) {
    throw new MillraceError('fatal', {
      code: 'MR1003',
      what: `"${text}" is not the address of a broker`,
      fix: 'Write host:port, for example localhost:9092',
    })
  }
  return { host: (match[1] ?? match[2])!, port }
}

function refuseUnknown(config: object, names: ReadonlySet<string>, prefix: string): void {
  for (const name of Object.keys(config)) {
    if (names.has(name)) continue
    throw new MillraceError('fatal', {
      code: 'MR1004',
      what: `The Kafka client does not know the setting "${prefix}${name}"`,
      fix: `Remove it; known are ${[...names].map((word) => prefix + word).join(', ')}`,
    })
  }
}

function refuseLater(name: string, value: unknown): void {
  if (value === undefined || value === null || value === false) return
  throw new MillraceError('fatal', {
    code: 'MR1004',
    what: `The Kafka client does not support "${name}" yet: it comes with a later release`,
    fix: `Use a listener without ${name === 'ssl' ? 'TLS' : 'authentication'} and remove "${name}"`,
  })
}

function milliseconds(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback
  if (Number.isFinite(value) && value >= 0) return value
  throw new MillraceError('fatal', { code: 'MR1003', what: `"${name}" must be a number of at least 0, not ${value}` })
}
