/** SASL OAUTHBEARER: a token from the user's own provider, asked for anew at each authentication (RFC 7628, KIP-255). */
import { unsent } from '../errors.ts'
import type { Mechanism } from './mechanism.ts'

export interface BearerToken {
  readonly value: string
  /** SASL extensions (KIP-342). */
  readonly extensions?: Readonly<Record<string, string>>
}

export interface BearerCredentials {
  readonly oauthBearerProvider: () => Promise<BearerToken>
  readonly authorizationIdentity?: string
}

const separator = '\x01'

/** The first message. @throws Error for a token or an extension that would end its own place in the message */
export function bearerMessage({ value, extensions = {} }: BearerToken, authorizationIdentity = ''): string {
  if (!/^[\x21-\x7e]+$/.test(value)) throw new Error('the token is empty, or holds characters that no token may hold')
  const pairs = Object.entries(extensions).map(([name, text]) => extension(name, text))
  const identity = authorizationIdentity === '' ? '' : `a=${escaped(authorizationIdentity)}`
  return [`n,${identity},`, `auth=Bearer ${value}`, ...pairs, separator].join(separator)
}

export function oauthBearer({ oauthBearerProvider, authorizationIdentity }: BearerCredentials): Mechanism {
  return {
    name: 'OAUTHBEARER',
    async exchange(send) {
      const token = await tokenOf(oauthBearerProvider)
      const answer = await send(Buffer.from(bearerMessage(token, authorizationIdentity)))
      if (answer.length === 0) return
      // A challenge is the reason of a refusal. The broker says the refusal itself once it was acknowledged.
      await send(Buffer.from(separator))
      throw new Error(`the broker refuses the token: ${answer}`)
    },
  }
}

/** Who gives the tokens may be down for a while: that is no refusal. */
async function tokenOf(provider: BearerCredentials['oauthBearerProvider']): Promise<BearerToken> {
  try {
    return await provider()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw unsent('SaslAuthenticate', `oauthBearerProvider failed: ${why}`, error)
  }
}

/** Names are letters, and `auth` is taken; values are printable, or blank space (RFC 7628, 3.1). */
function extension(name: string, text: string): string {
  if (!/^[A-Za-z]+$/.test(name) || name === 'auth' || !/^[\x21-\x7e \t\r\n]*$/.test(text))
    throw new Error(
      `the extension "${name}" can't be sent: its name or its value holds characters that it may not hold`,
    )
  return `${name}=${text}`
}

function escaped(identity: string): string {
  return identity.replaceAll('=', '=3D').replaceAll(',', '=2C')
}
