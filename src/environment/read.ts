/** What the environment says. Precedence: flags and options, then the environment, then defaults. */
import type { Duration } from '../clock.ts'
import { MillraceError } from '../faults.ts'
import { type FilesOfTls, type SaslFromEnvironment, saslOf, tlsOf } from './security.ts'
import { durationOf, nameOf, oneOf, parseBrokers, rateLimitOf } from './values.ts'
import { type Variable, type VariableName, variables } from './variables.ts'

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What the environment says, checked. Absent = the environment is silent. */
export interface EnvironmentSettings {
  readonly brokers?: readonly string[]
  readonly clientId?: string
  readonly ssl?: FilesOfTls | true
  readonly sasl?: SaslFromEnvironment
  readonly instance?: string
  readonly guarantee?: 'exactly-once' | 'at-least-once'
  readonly commitInterval?: Duration
  readonly sessionTimeout?: Duration
  readonly outOfRange?: 'fail' | 'earliest' | 'latest'
  readonly startAt?: 'earliest' | 'latest'
  readonly queriesToken?: string
  readonly rateLimit?: ReturnType<typeof rateLimitOf>
  readonly includeStack?: boolean
}

/**
 * Reads and checks every variable of the table.
 * @throws MillraceError `MR1003` a value is not valid, `MR1005` a name and its alias are both set and say different
 * things, or TLS is off and a file for it is named
 */
export function readEnvironment(environment: Environment): EnvironmentSettings {
  const text = (name: VariableName): string | undefined => textOf(environment, name)
  const ssl = tlsOf(text)
  return {
    ...setting('brokers', checked(environment, 'KAFKA_BROKERS', parseBrokers)),
    ...setting(
      'clientId',
      checked(environment, 'KAFKA_CLIENT_ID', (text) => text),
    ),
    ...setting('ssl', ssl === false ? undefined : ssl),
    ...setting('sasl', saslOf(text)),
    ...setting('instance', checked(environment, 'MILLRACE_INSTANCE', nameOf)),
    ...setting('guarantee', checked(environment, 'MILLRACE_GUARANTEE', oneOf(['exactly-once', 'at-least-once']))),
    ...setting('commitInterval', checked(environment, 'MILLRACE_COMMIT_INTERVAL', durationOf)),
    ...setting('sessionTimeout', checked(environment, 'MILLRACE_SESSION_TIMEOUT', durationOf)),
    ...setting('outOfRange', checked(environment, 'MILLRACE_OUT_OF_RANGE', oneOf(['fail', 'earliest', 'latest']))),
    ...setting(
      'queriesToken',
      checked(environment, 'MILLRACE_QUERIES_TOKEN', (text) => text),
    ),
    ...setting('rateLimit', checked(environment, 'MILLRACE_DLQ_RATE_LIMIT', rateLimitOf)),
    ...setting('includeStack', truth(checked(environment, 'MILLRACE_DLQ_INCLUDE_STACK', oneOf(['true', 'false'])))),
    ...setting('startAt', checked(environment, 'MILLRACE_START_AT', oneOf(['earliest', 'latest']))),
  }
}

function truth(text: 'true' | 'false' | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true'
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

function setting<K extends keyof EnvironmentSettings>(
  key: K,
  value: EnvironmentSettings[K] | undefined,
): Pick<EnvironmentSettings, K> | Record<never, never> {
  return value === undefined ? {} : ({ [key]: value } as unknown as Pick<EnvironmentSettings, K>)
}
