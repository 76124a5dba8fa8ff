/** What the client is told: kafkajs' `KafkaConfig` as it is. What of it is not honoured is refused by name, never ignored. */
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { parseAddress } from './connection/address.ts'
import { checkTls, type TlsSettings } from './connection/tls.ts'
import { jsonLines, type LogCreator, type Logger, type LogSettings, logLevels } from './log.ts'
import type { ClientMetrics } from './metrics.ts'
import { checkSasl, type MechanismFactory, type SaslSettings } from './sasl/settings.ts'
import { invalid, number, refuseUnknown } from './setting.ts'

export interface RetryConfig {
  /** First wait before a repetition, in milliseconds. */
  readonly initialRetryTime: number
  /** Longest wait, in milliseconds. */
  readonly maxRetryTime: number
  /** By how much each wait is drawn at random: 0.2 is from 80 % to 120 %. */
  readonly factor: number
  /** How much longer each wait is than the one before. */
  readonly multiplier: number
  /** Repetitions after the first attempt; time (`requestTimeout`) bounds them as well. */
  readonly retries: number
}

/** Makes the connections: for tunnels, proxies and tests. `ssl` is absent where TLS was not asked for. */
export type SocketFactory = (wanted: {
  host: string
  port: number
  ssl: ConnectionOptions
  onConnect: () => void
}) => Socket

/** kafkajs' `KafkaConfig`; times in milliseconds. */
export interface NativeConfig {
  readonly clientId?: string
  /** `host:port` of one or more brokers, or a function that gives them. */
  readonly brokers: readonly string[] | (() => readonly string[] | Promise<readonly string[]>)
  /** True for TLS with the authorities of this machine, or the options of `node:tls`: ca, cert, key. */
  readonly ssl?: ConnectionOptions | boolean
  readonly sasl?: SaslSettings
  /** Until a connection stands, TLS included. Default 1 s. */
  readonly connectionTimeout?: number
  /** For one authentication. Default 10 s. */
  readonly authenticationTimeout?: number
  /** How long before the end of a session the client authenticates again. Default 10 s, at most half of the session. */
  readonly reauthenticationThreshold?: number
  /** Until a request is answered. Default 30 s. */
  readonly requestTimeout?: number
  /** False: wait for answers without end, except where a request has a limit of its own. */
  readonly enforceRequestTimeout?: boolean
  readonly retry?: Partial<RetryConfig> & { readonly restartOnFailure?: unknown }
  readonly socketFactory?: SocketFactory
  /** kafkajs' numbers: 0 nothing, 1 errors, 2 warnings, 4 information, 5 all. Default 0 without `logCreator`, else 4. */
  readonly logLevel?: number
  /** Absent: lines of JSON on standard error. */
  readonly logCreator?: LogCreator
  /** Where this client runs, as the brokers' `broker.rack` has it: it reads from a replica in its rack (KIP-392). Not kafkajs'. */
  readonly rack?: string
}

/** The configuration with its defaults. */
export interface CheckedConfig {
  readonly clientId: string
  readonly brokers: () => readonly string[] | Promise<readonly string[]>
  readonly tls: TlsSettings | null
  readonly sasl: MechanismFactory | null
  readonly connectionTimeout: number
  readonly authenticationTimeout: number
  readonly reauthenticationThreshold: number
  readonly requestTimeout: number
  readonly enforceRequestTimeout: boolean
  readonly retry: RetryConfig
  readonly socketFactory: SocketFactory | null
  readonly log: LogSettings
  readonly rack: string | null
}

/** The configuration, and what all connections of one client share. */
export interface ClientConfig extends CheckedConfig {
  readonly metrics: ClientMetrics
  readonly logger: Logger
}

const known: readonly string[] = [
  'clientId',
  'brokers',
  'ssl',
  'sasl',
  'connectionTimeout',
  'authenticationTimeout',
  'reauthenticationThreshold',
  'requestTimeout',
  'enforceRequestTimeout',
  'retry',
  'socketFactory',
  'logLevel',
  'logCreator',
  'rack',
] satisfies readonly (keyof NativeConfig)[]

const defaultRetry: RetryConfig = {
  initialRetryTime: 50,
  maxRetryTime: 1_000,
  factor: 0.3,
  multiplier: 2,
  retries: 1_000,
}
const refusedOfRetry = { restartOnFailure: 'a worker decides by the kind of the error whether it goes on' }

/**
 * The configuration with its defaults.
 * @example checkConfig({ brokers: ['localhost:9092'] }).requestTimeout // 30000
 * @throws MillraceError MR1004 for a key that is not known or not honoured, MR1003 for a value that makes no sense
 */
export function checkConfig(config: NativeConfig): CheckedConfig {
  refuseUnknown(config, known, '')
  const { brokers, socketFactory, sasl } = config
  if (typeof brokers !== 'function') checkBrokers(brokers)
  if (socketFactory !== undefined && typeof socketFactory !== 'function')
    throw invalid('socketFactory', 'must be a function')
  return {
    clientId: config.clientId ?? 'millrace',
    brokers: typeof brokers === 'function' ? brokers : () => brokers,
    tls: checkTls(config.ssl),
    sasl: sasl === undefined || sasl === null ? null : checkSasl(sasl),
    connectionTimeout: number('connectionTimeout', config.connectionTimeout, 1_000),
    authenticationTimeout: number('authenticationTimeout', config.authenticationTimeout, 10_000),
    reauthenticationThreshold: number('reauthenticationThreshold', config.reauthenticationThreshold, 10_000),
    requestTimeout: number('requestTimeout', config.requestTimeout, 30_000),
    enforceRequestTimeout: config.enforceRequestTimeout ?? true,
    retry: checkRetry(config.retry ?? {}),
    socketFactory: socketFactory ?? null,
    log: checkLog(config),
    rack: config.rack ?? null,
  }
}

function checkBrokers(brokers: readonly string[]): void {
  for (const address of brokers) parseAddress(address)
  if (brokers.length === 0) throw invalid('brokers', 'is empty', 'Name at least one')
}

function checkRetry(retry: NonNullable<NativeConfig['retry']>): RetryConfig {
  refuseUnknown(retry, Object.keys(defaultRetry), 'retry.', refusedOfRetry)
  const of = (name: keyof RetryConfig, lowest?: number): number =>
    number(`retry.${name}`, retry[name], defaultRetry[name], lowest)
  return {
    initialRetryTime: of('initialRetryTime'),
    maxRetryTime: of('maxRetryTime'),
    factor: of('factor'),
    multiplier: of('multiplier', 1),
    retries: of('retries'),
  }
}

function checkLog({ logLevel, logCreator }: NativeConfig): LogSettings {
  const fallback = logCreator === undefined ? logLevels.NOTHING : logLevels.INFO
  if (logCreator !== undefined && typeof logCreator !== 'function') throw invalid('logCreator', 'must be a function')
  return { level: number('logLevel', logLevel, fallback), creator: logCreator ?? jsonLines }
}
