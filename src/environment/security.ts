/** TLS and SASL by variables, in the shape of the client's settings `ssl` and `sasl`. */
import { readFileSync } from 'node:fs'
import { MillraceError } from '../faults.ts'
import { oneOf } from './values.ts'

/** The text of a variable, undefined when it is unset. */
export type TextOf = (name: SecurityVariable) => string | undefined

type SecurityVariable =
  | 'KAFKA_SSL'
  | 'KAFKA_SSL_CA'
  | 'KAFKA_SSL_CERT'
  | 'KAFKA_SSL_KEY'
  | 'KAFKA_SASL_MECHANISM'
  | 'KAFKA_SASL_USERNAME'
  | 'KAFKA_SASL_PASSWORD'

export interface SaslFromEnvironment {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

/** Texts of PEM files. */
export interface FilesOfTls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

const files = { ca: 'KAFKA_SSL_CA', cert: 'KAFKA_SSL_CERT', key: 'KAFKA_SSL_KEY' } as const

/**
 * False where TLS is not asked for. A file is reason enough to use it.
 * @throws MillraceError `MR1003` a file can't be read or a half is missing, `MR1005` files are named and TLS is off
 */
export function tlsOf(text: TextOf): FilesOfTls | boolean {
  const wanted = text('KAFKA_SSL')
  const isOn = wanted === undefined ? undefined : oneOf(['true', 'false'])(wanted.toLowerCase(), 'KAFKA_SSL') === 'true'
  const named = Object.entries(files).filter(([, name]) => text(name) !== undefined)
  if (named.length === 0) return isOn ?? false
  if (isOn === false) throw contradiction(named[0]![1])
  if ((text('KAFKA_SSL_CERT') === undefined) !== (text('KAFKA_SSL_KEY') === undefined))
    throw missing('KAFKA_SSL_CERT and KAFKA_SSL_KEY', 'only one of them is set')
  return Object.fromEntries(named.map(([part, name]) => [part, contentOf(name, text(name)!)]))
}

/** Undefined where nobody asks for it. @throws MillraceError `MR1003` */
export function saslOf(text: TextOf): SaslFromEnvironment | undefined {
  const [mechanism, username, password] = [
    text('KAFKA_SASL_MECHANISM'),
    text('KAFKA_SASL_USERNAME'),
    text('KAFKA_SASL_PASSWORD'),
  ]
  if (mechanism === undefined && username === undefined && password === undefined) return undefined
  const parse = oneOf(['plain', 'scram-sha-256', 'scram-sha-512'])
  const known = parse((mechanism ?? 'plain').toLowerCase(), 'KAFKA_SASL_MECHANISM')
  if (username !== undefined && password !== undefined) return { mechanism: known, username, password }
  throw missing('KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD', 'not both are set')
}

function contentOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new MillraceError(
      'fatal',
      {
        code: 'MR1003',
        what: `${name} names a file that can't be read`,
        where: path,
        why: cause instanceof Error ? cause.message : String(cause),
        fix: `Set ${name} to the path of a PEM file`,
      },
      { cause },
    )
  }
}

function missing(names: string, why: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1003',
    what: `${names} belong together`,
    why,
    fix: 'Set both or neither',
  })
}

function contradiction(name: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1005',
    what: `${name} is set, and KAFKA_SSL is false`,
    fix: `Unset ${name}, or set KAFKA_SSL=true`,
  })
}
