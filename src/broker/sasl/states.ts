/** How a connection becomes known, as one table. */

/**
 * fresh: nothing said yet · versioned: has asked for versions · exchange: in SaslAuthenticate requests · raw: in bare
 * tokens, as clients do that named their mechanism in version 0 · ready: known.
 */
export type SaslState = 'fresh' | 'versioned' | 'exchange' | 'raw' | 'ready'
export type SaslRequest = 'ApiVersions' | 'SaslHandshake' | 'SaslAuthenticate' | 'other'

/**
 * pass: executed as on any connection · handshake, authenticate: a step here · token: the frame is no request ·
 * refuse: ILLEGAL_SASL_STATE, then the connection ends · close: it ends without a word.
 */
export type SaslAction = 'pass' | 'handshake' | 'authenticate' | 'token' | 'refuse' | 'close'

/** As in Apache Kafka: each step once and in order; only who is known may speak of anything else. */
export const saslActions: Readonly<Record<SaslState, Readonly<Record<SaslRequest, SaslAction>>>> = {
  fresh: { ApiVersions: 'pass', SaslHandshake: 'handshake', SaslAuthenticate: 'close', other: 'close' },
  versioned: { ApiVersions: 'close', SaslHandshake: 'handshake', SaslAuthenticate: 'close', other: 'close' },
  exchange: { ApiVersions: 'refuse', SaslHandshake: 'refuse', SaslAuthenticate: 'authenticate', other: 'refuse' },
  raw: { ApiVersions: 'token', SaslHandshake: 'token', SaslAuthenticate: 'token', other: 'token' },
  ready: { ApiVersions: 'pass', SaslHandshake: 'handshake', SaslAuthenticate: 'pass', other: 'pass' },
}
