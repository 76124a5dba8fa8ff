/**
 * What the environment may say. One table: `run` reads it, `millrace help env` prints it.
 * Precedence: flags and options, then the environment, then defaults.
 */
import type { Duration } from './clock.ts'
import { parseDuration } from './duration.ts'
import { MillraceError } from './faults.ts'

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

interface Variable {
  readonly meaning: string
  readonly form: string
  readonly alias?: string
  /** Known elsewhere, not served yet: refused, because ignoring it would connect in another way than was asked. */
  readonly refused?: true
}

const security = { form: 'not supported yet', refused: true } as const

/** Every variable Millrace reads, in the order help shows them. */
export const variables = {
  KAFKA_BROKERS: {
    meaning: 'Brokers to connect to first',
    form: 'host:port,host:port',
    alias: 'KAFKA_BOOTSTRAP_SERVERS',
  },
  KAFKA_CLIENT_ID: { meaning: "Name shown in the broker's logs and quotas", form: 'text, default millrace' },
  KAFKA_SASL_MECHANISM: { meaning: 'How to authenticate', ...security },
  KAFKA_SASL_USERNAME: { meaning: 'Who authenticates', ...security },
  KAFKA_SASL_PASSWORD: { meaning: 'Its password', ...security },
  KAFKA_SSL_CA: { meaning: 'Authority that signs the brokers', ...security },
  KAFKA_SSL_CERT: { meaning: "The client's certificate", ...security },
  KAFKA_SSL_KEY: { meaning: "The client's key", ...security },
  MILLRACE_INSTANCE: {
    meaning: 'Name of this worker; a restarted worker keeps it and gets its place back',
    form: 'text, drawn at the first start',
  },
  MILLRACE_COMMIT_INTERVAL: { meaning: 'Time between two transactions', form: 'duration, default 100ms' },
  MILLRACE_SESSION_TIMEOUT: { meaning: 'Silence after which a worker is dead', form: 'duration, default 10s' },
  MILLRACE_OUT_OF_RANGE: {
    meaning: 'What to do when a committed position is no longer in the log',
    form: 'fail | earliest | latest',
  },
  MILLRACE_START_AT: { meaning: 'Where to begin without a committed position', form: 'earliest | latest' },
  NO_COLOR: { meaning: 'No colour, whatever its value', form: 'any text' },
  FORCE_COLOR: { meaning: 'Colour, also where the output is no terminal', form: '1' },
} as const satisfies Record<string, Variable>

type VariableName = keyof typeof variables

/** What the environment says, checked. Absent = the environment is silent. */
export interface EnvironmentSettings {
  readonly brokers?: readonly string[]
  readonly clientId?: string
  readonly instance?: string
  readonly commitInterval?: Duration
  readonly sessionTimeout?: Duration
  readonly outOfRange?: 'fail' | 'earliest' | 'latest'
  readonly startAt?: 'earliest' | 'latest'
}

/**
 * Reads and checks every variable of the table.
 * @throws MillraceError `MR1003` a value is not valid, `MR1004` a setting is not supported yet, `MR1005` a name and its
 * alias are both set and say different things
 */
export function readEnvironment(environment: Environment): EnvironmentSettings {
  refuseUnserved(environment)
  return {
    ...setting(
      'brokers',
      checked(environment, 'KAFKA_BROKERS', (text) => parseBrokers(text, 'KAFKA_BROKERS')),
    ),
    ...setting(
      'clientId',
      checked(environment, 'KAFKA_CLIENT_ID', (text) => text),
    ),
    ...setting('instance', checked(environment, 'MILLRACE_INSTANCE', nameOf)),
    ...setting('commitInterval', checked(environment, 'MILLRACE_COMMIT_INTERVAL', durationOf)),
    ...setting('sessionTimeout', checked(environment, 'MILLRACE_SESSION_TIMEOUT', durationOf)),
    ...setting('outOfRange', checked(environment, 'MILLRACE_OUT_OF_RANGE', oneOf(['fail', 'earliest', 'latest']))),
    ...setting('startAt', checked(environment, 'MILLRACE_START_AT', oneOf(['earliest', 'latest']))),
  }
}

/**
 * The addresses in `host:port,host:port`.
 * @param origin the flag or variable that the text came from, for the error
 * @throws MillraceError `MR1003`
 */
export function parseBrokers(text: string, origin: string): string[] {
  const brokers = text.split(',').map((broker) => broker.trim())
  const wrong = brokers.find((broker) => !isAddress(broker))
  if (wrong === undefined) return brokers
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `${origin} holds "${wrong}", which is not host:port`,
    fix: `Write ${origin} as host:port, several separated by commas: localhost:9092,localhost:9093`,
  })
}

function isAddress(broker: string): boolean {
  const port = Number(/^(?:\[[0-9a-fA-F:.]+\]|[^\s:/@]+):(\d{1,5})$/.exec(broker)?.[1] ?? 0)
  return port >= 1 && port <= 65_535
}

function checked<T>(
  environment: Environment,
  name: VariableName,
  parse: (text: string, name: VariableName) => T,
): T | undefined {
  const text = textOf(environment, name)
  return text === undefined ? undefined : parse(text, name)
}

/** An empty variable counts as unset: that is what `NAME= command` and compose files mean. */
function textOf(environment: Environment, name: VariableName): string | undefined {
  const variable: Variable = variables[name]
  const own = environment[name] || undefined
  const other = variable.alias === undefined ? undefined : environment[variable.alias] || undefined
  if (own !== undefined && other !== undefined && own !== other) {
    throw new MillraceError('fatal', {
      code: 'MR1005',
      what: `${name} and ${variable.alias} are both set and differ`,
      why: `${name}=${own}, ${variable.alias}=${other}`,
      fix: `Unset one of them; they mean the same`,
    })
  }
  return own ?? other
}

function durationOf(text: string, name: VariableName): Duration {
  const duration = parseDuration(text)
  if (duration !== null) return duration
  throw notValid(name, text, 'Write a duration with its unit: 100ms, 30s, 1h30m')
}

function nameOf(text: string, name: VariableName): string {
  if (isPlainName(text)) return text
  throw notValid(name, text, 'Use letters, digits, dot, underscore and dash, at most 100')
}

/** Whether a name may become part of a transactional id, a static member's id and a line of a log. */
export function isPlainName(text: string): boolean {
  return /^[a-zA-Z0-9._-]{1,100}$/.test(text)
}

function oneOf<const T extends string>(allowed: readonly T[]): (text: string, name: VariableName) => T {
  return (text, name) => {
    const found = allowed.find((value) => value === text)
    if (found !== undefined) return found
    throw notValid(name, text, `Use one of ${allowed.join(', ')}`)
  }
}

function notValid(name: VariableName, text: string, fix: string): MillraceError {
  return new MillraceError('fatal', { code: 'MR1003', what: `${name} cannot be "${text}"`, fix })
}

function refuseUnserved(environment: Environment): void {
  const name = Object.entries<Variable>(variables).find(([key, { refused }]) => refused && environment[key])?.[0]
  if (name === undefined) return
  throw new MillraceError('fatal', {
    code: 'MR1004',
    what: `${name} is set, and this release has neither SASL nor TLS`,
    fix: `Unset ${name} and use a listener without authentication; going on without it would not be what you asked for`,
  })
}

function setting<K extends keyof EnvironmentSettings>(
  key: K,
  value: EnvironmentSettings[K] | undefined,
): Pick<EnvironmentSettings, K> | Record<never, never> {
  return value === undefined ? {} : ({ [key]: value } as unknown as Pick<EnvironmentSettings, K>)
}
