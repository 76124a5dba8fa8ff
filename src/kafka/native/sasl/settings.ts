/** The setting `sasl`, in kafkajs' shape, and the mechanism it stands for. */
import { MillraceError } from '../../../faults.ts'
import { randomName, secretRandom } from '../../../random.ts'
import type { Logger } from '../log.ts'
import { invalid, refuseUnknown } from '../setting.ts'
import type { Mechanism } from './mechanism.ts'
import { type BearerCredentials, oauthBearer } from './oauth-bearer.ts'
import { type PlainCredentials, plain } from './plain.ts'
import { type CustomMechanism, custom } from './provider.ts'
import { type ScramCredentials, scram } from './scram-exchange.ts'

/** kafkajs' `sasl`. Its mechanism `aws` is known by type, so that its `KafkaConfig` fits, and refused by name. */
export type SaslSettings =
  | ({ readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' } & PlainCredentials)
  | ({ readonly mechanism: 'oauthbearer' } & BearerCredentials)
  | { readonly mechanism: 'aws' }
  | CustomMechanism

/** What is left of the settings once they are checked: it only wants to know where it may log. */
export type MechanismFactory = (logger: Logger) => Mechanism

type Loose = Readonly<Record<string, unknown>>

const nonceLength = 32
const newNonce = (): string => randomName(secretRandom, nonceLength)

interface BuiltIn {
  readonly needs: readonly string[]
  readonly takes: readonly string[]
  make(settings: never): Mechanism
}

const password = ['username', 'password']
const builtIn: Readonly<Record<string, BuiltIn>> = {
  PLAIN: { needs: password, takes: ['authorizationIdentity'], make: plain },
  'SCRAM-SHA-256': {
    needs: password,
    takes: [],
    make: (settings: ScramCredentials) => scram('SCRAM-SHA-256', settings, newNonce),
  },
  'SCRAM-SHA-512': {
    needs: password,
    takes: [],
    make: (settings: ScramCredentials) => scram('SCRAM-SHA-512', settings, newNonce),
  },
  OAUTHBEARER: { needs: ['oauthBearerProvider'], takes: ['authorizationIdentity'], make: oauthBearer },
}

/**
 * Checks `sasl`. Mechanisms are named in any case, as kafkajs does; a provider of one's own comes first.
 * @throws MillraceError MR1004 for a mechanism or a key that is not honoured, MR1003 for what is missing
 */
export function checkSasl(settings: SaslSettings): MechanismFactory {
  const loose = settings as unknown as Loose
  if (typeof loose.mechanism !== 'string' || loose.mechanism === '') throw invalid('sasl.mechanism', 'is missing')
  if (typeof loose.authenticationProvider === 'function') {
    return (logger) => custom(settings as CustomMechanism, logger)
  }
  const mechanism = builtIn[loose.mechanism.toUpperCase()]
  if (mechanism === undefined) throw unknownMechanism(loose.mechanism)
  refuseUnknown(loose, ['mechanism', ...mechanism.needs, ...mechanism.takes], 'sasl.')
  for (const name of mechanism.needs) checkPart(name, loose[name], loose.mechanism)
  return () => mechanism.make(settings as never)
}

function checkPart(name: string, value: unknown, mechanism: string): void {
  const isFunction = name === 'oauthBearerProvider'
  if (isFunction ? typeof value === 'function' : typeof value === 'string' && value !== '') return
  const wanted = isFunction ? 'function' : 'text'
  throw invalid(`sasl.${name}`, `must be a ${wanted} for the mechanism ${mechanism}`)
}

function unknownMechanism(name: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1004',
    what: `The Kafka client does not support the SASL mechanism "${name}"`,
    fix: `Use one of ${Object.keys(builtIn).join(', ').toLowerCase()}, or bring your own as "sasl.authenticationProvider"`,
  })
}
