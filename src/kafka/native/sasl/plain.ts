/** SASL PLAIN: name and password as they are, so only over TLS (RFC 4616). */
import type { Mechanism } from './mechanism.ts'

export interface PlainCredentials {
  readonly username: string
  readonly password: string
  /** Whom to act for; absent: oneself. */
  readonly authorizationIdentity?: string
}

export function plain({ username, password, authorizationIdentity = '' }: PlainCredentials): Mechanism {
  return {
    name: 'PLAIN',
    async exchange(send) {
      await send(Buffer.from(`${authorizationIdentity}\0${username}\0${password}`))
    },
  }
}
