/** Who may speak to the broker, as its starter says. */
import type { Clock } from '../../clock.ts'
import type { Mechanism } from './exchange.ts'

/** What a valid token says. */
export interface TokenOwner {
  readonly principal: string
  /** When the token ends, in milliseconds since 1970: the session ends with it. */
  readonly expires?: number
}

export interface ScramOptions {
  /** Passwords by user name. */
  readonly users: Readonly<Record<string, string>>
  /** Both when left out. */
  readonly mechanisms?: readonly ('SCRAM-SHA-256' | 'SCRAM-SHA-512')[]
  /** 4096, Kafka's least and default, when left out. */
  readonly iterations?: number
}

/**
 * Mechanisms that are on, by name; a connection has to pass one before anything else.
 * @example
 * startBroker({ sasl: { plain: { alice: 'secret' }, scram: { users: { bob: 'secret' } } } })
 */
export interface SaslOptions {
  /** Passwords by user name. */
  readonly plain?: Readonly<Record<string, string>>
  readonly scram?: ScramOptions
  /** Says whose token it is; null, or a rejection, when it is no good. */
  readonly oauthbearer?: (token: string) => TokenOwner | null | Promise<TokenOwner | null>
}

/** What the gates of all connections share. */
export interface GateOptions {
  readonly mechanisms: ReadonlyMap<string, Mechanism>
  /** Milliseconds a session lasts at most; 0: as long as the connection. */
  readonly reauthentication: number
  readonly clock: Clock
}
