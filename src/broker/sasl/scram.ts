/** SCRAM on the side of the server (RFC 5802, RFC 7677; KIP-84): the password is never sent nor kept. */

import type { Random } from '../../random.ts'
import { randomDigits } from '../identifiers.ts'
import { crypto } from './crypto.ts'
import { challenge, type Exchange, known, type Mechanism, refused, type Step } from './exchange.ts'

export type ScramHash = 'sha256' | 'sha512'

/** What is kept of a user. */
export interface ScramCredential {
  readonly salt: Buffer
  readonly iterations: number
  /** Hash of the client's key: enough to check a proof, not to make one. */
  readonly storedKey: Buffer
  readonly serverKey: Buffer
}

const keyLengths: Readonly<Record<ScramHash, number>> = { sha256: 32, sha512: 64 }

/** @example scramCredential('sha256', 'secret', Buffer.from('salt'), 4096) */
export function scramCredential(hash: ScramHash, password: string, salt: Buffer, iterations: number): ScramCredential {
  const salted = crypto().pbkdf2Sync(password, salt, iterations, keyLengths[hash], hash)
  const clientKey = crypto().createHmac(hash, salted).update('Client Key').digest()
  const serverKey = crypto().createHmac(hash, salted).update('Server Key').digest()
  return { salt, iterations, storedKey: crypto().createHash(hash).update(clientKey).digest(), serverKey }
}

/** Credentials are made once, each with a salt of its own. */
export function scramMechanism(
  hash: ScramHash,
  users: Readonly<Record<string, string>>,
  iterations: number,
  random: Random,
): Mechanism {
  const credentials = new Map(
    Object.entries(users).map(([name, password]) => {
      const salt = Buffer.from(randomDigits(random), 'hex')
      return [name, scramCredential(hash, password, salt, iterations)]
    }),
  )
  return () => scramExchange(hash, credentials, randomDigits(random))
}

/** One exchange; `serverNonce` is drawn anew for each. */
export function scramExchange(
  hash: ScramHash,
  credentials: ReadonlyMap<string, ScramCredential>,
  serverNonce: string,
): Exchange {
  let begun: Begun | null = null
  return {
    next(said) {
      const text = said.toString('utf8')
      if (begun !== null) return finish(hash, begun, text)
      const first = readFirst(text)
      if (first === null) return refused(`Authentication failed: ${notScram}`)
      const credential = credentials.get(first.name)
      if (credential === undefined) return refused('Authentication failed: Invalid user credentials')
      if (first.authorization !== '' && first.authorization !== first.name) {
        return refused('Authentication failed: Client requested an authorization id that is different from username')
      }
      const nonce = first.nonce + serverNonce
      const serverFirst = `r=${nonce},s=${credential.salt.toString('base64')},i=${credential.iterations}`
      begun = { ...first, nonce, credential, transcript: `${first.bare},${serverFirst}` }
      return challenge(Buffer.from(serverFirst))
    },
  }
}

interface First {
  /** What stands in front: channel binding, which there is none of, and who is to be acted for. */
  readonly header: string
  readonly authorization: string
  /** The message without its header. */
  readonly bare: string
  readonly name: string
  readonly nonce: string
}

interface Begun extends First {
  readonly credential: ScramCredential
  /** Both first messages, as the proof covers them. */
  readonly transcript: string
}

const notScram = 'the message does not follow RFC 5802'

function readFirst(text: string): First | null {
  const match = /^([ny],(?:a=([^,]*))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/.exec(text)
  if (match === null) return null
  const [, header, authorization, bare, name, nonce] = match
  return {
    header: header!,
    authorization: plainName(authorization ?? ''),
    bare: bare!,
    name: plainName(name!),
    nonce: nonce!,
  }
}

function finish(hash: ScramHash, begun: Begun, text: string): Step {
  const match = /^(c=([A-Za-z0-9+/=]+),r=([^,]+)(?:,.*)?),p=([A-Za-z0-9+/=]+)$/.exec(text)
  if (match === null) return refused(`Authentication failed: ${notScram}`)
  const [, withoutProof, binding, nonce, proof] = match
  if (binding !== Buffer.from(begun.header).toString('base64') || nonce !== begun.nonce) {
    return refused('Authentication failed: Invalid client nonce in the final client message.')
  }
  const transcript = `${begun.transcript},${withoutProof}`
  const { credential, name } = begun
  if (!isProven(hash, credential, transcript, Buffer.from(proof!, 'base64'))) {
    return refused('Authentication failed: Invalid client credentials')
  }
  const signature = crypto().createHmac(hash, credential.serverKey).update(transcript).digest()
  return known(name, Buffer.from(`v=${signature.toString('base64')}`))
}

/** Whether the proof was made with the key of which the hash is kept. */
function isProven(hash: ScramHash, { storedKey }: ScramCredential, transcript: string, proof: Buffer): boolean {
  if (proof.length !== keyLengths[hash]) return false
  const signature = crypto().createHmac(hash, storedKey).update(transcript).digest()
  const clientKey = signature.map((byte, index) => byte ^ proof[index]!)
  return crypto().timingSafeEqual(crypto().createHash(hash).update(clientKey).digest(), storedKey)
}

function plainName(name: string): string {
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=')
}
