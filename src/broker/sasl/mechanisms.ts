/** The mechanisms that are on, by the names clients know them by. */
import type { Clock } from '../../clock.ts'
import type { Random } from '../../random.ts'
import type { Mechanism } from './exchange.ts'
import { oauthbearerMechanism } from './oauthbearer.ts'
import type { GateOptions, SaslOptions } from './options.ts'
import { plainMechanism } from './plain.ts'
import { type ScramHash, scramMechanism } from './scram.ts'

const hashes: Readonly<Record<'SCRAM-SHA-256' | 'SCRAM-SHA-512', ScramHash>> = {
  'SCRAM-SHA-256': 'sha256',
  'SCRAM-SHA-512': 'sha512',
}
const scramNames = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
const defaultIterations = 4096

/** What the connections of a broker have to pass; null where nobody has to say who it is. */
export function gateOptions({
  sasl,
  reauthentication,
  clock,
  random,
}: {
  readonly sasl: SaslOptions | null
  readonly reauthentication: number
  readonly clock: Clock
  readonly random: Random
}): GateOptions | null {
  return sasl === null ? null : { mechanisms: mechanismsOf(sasl, random), reauthentication, clock }
}

/** In a map, so that a client's word is never taken for a property's name. */
function mechanismsOf({ plain, scram, oauthbearer }: SaslOptions, random: Random): ReadonlyMap<string, Mechanism> {
  const mechanisms = new Map<string, Mechanism>()
  if (plain !== undefined) mechanisms.set('PLAIN', plainMechanism(plain))
  if (scram !== undefined) {
    const iterations = scram.iterations ?? defaultIterations
    for (const name of scram.mechanisms ?? scramNames) {
      mechanisms.set(name, scramMechanism(hashes[name], scram.users, iterations, random))
    }
  }
  if (oauthbearer !== undefined) mechanisms.set('OAUTHBEARER', oauthbearerMechanism(oauthbearer))
  return mechanisms
}
