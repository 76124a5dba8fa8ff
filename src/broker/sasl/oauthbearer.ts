/** OAUTHBEARER (RFC 7628, KIP-255): a token, judged by whoever started the broker. */
import { challenge, type Exchange, known, type Mechanism, refused, type Step } from './exchange.ts'
import type { SaslOptions, TokenOwner } from './options.ts'

type Validate = NonNullable<SaslOptions['oauthbearer']>

const separator = '\x01'
/** What a client is told before it gives up, as RFC 7628 has it. */
const invalidToken = '{"status":"invalid_token"}'

export function oauthbearerMechanism(validate: Validate): Mechanism {
  return () => exchange(validate)
}

function exchange(validate: Validate): Exchange {
  let isRefused = false
  return {
    async next(said) {
      // The client has read why its token is no good and says so with a single separator.
      if (isRefused) return refused(invalidToken)
      const token = tokenOf(said.toString('utf8'))
      if (token === null) return refused('Authentication failed: the message does not follow RFC 7628')
      const owner = await ownerOf(token, validate)
      if (owner !== null) return knownOwner(owner)
      isRefused = true
      return challenge(Buffer.from(invalidToken))
    },
  }
}

function knownOwner({ principal, expires }: TokenOwner): Step {
  return known(principal, Buffer.alloc(0), expires ?? null)
}

function tokenOf(text: string): string | null {
  const [header = '', ...pairs] = text.split(separator)
  if (!/^n,(a=[^,]*)?,$/.test(header)) return null
  const match = pairs
    .map((pair) => /^auth=Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(pair))
    .find((found) => found !== null)
  return match?.[1] ?? null
}

async function ownerOf(token: string, validate: Validate): Promise<TokenOwner | null> {
  try {
    return await validate(token)
  } catch {
    return null
  }
}
