/**
 * SASL SCRAM (RFC 5802, with SHA-256 by RFC 7677): the password never travels, and the broker must prove that it knows
 * it too. Pure: the four messages as functions of each other.
 */
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)

/** How a digest is called by Node, and how long it is. */
const digests = {
  'SCRAM-SHA-256': { name: 'sha256', length: 32 },
  'SCRAM-SHA-512': { name: 'sha512', length: 64 },
} as const
export type ScramName = keyof typeof digests

/** RFC 7677 asks for no less; Kafka stores no less. */
const fewestIterations = 4_096
/** A broker that asks for more would only keep us busy. */
const mostIterations = 1_000_000

/** "No channel binding, no other identity": what the first message begins with. */
const header = 'n,,'

export interface ServerFirst {
  readonly nonce: string
  readonly salt: Buffer
  readonly iterations: number
}

/** The first message without its header. @example firstMessage('ann', 'x7') // 'n=ann,r=x7' */
export function firstMessage(username: string, nonce: string): string {
  const escaped = username.replaceAll('=', '=3D').replaceAll(',', '=2C')
  return `n=${escaped},r=${nonce}`
}

/** @throws Error when a part is missing, the nonce does not go on from ours, or the iterations are out of bounds */
export function readServerFirst(text: string, ourNonce: string): ServerFirst {
  const parts = attributesOf(text)
  const nonce = parts.get('r') ?? ''
  const salt = Buffer.from(parts.get('s') ?? '', 'base64')
  const iterations = Number(parts.get('i') ?? Number.NaN)
  if (parts.has('m')) throw new Error('the broker asks for a SCRAM extension that nobody knows')
  if (!nonce.startsWith(ourNonce) || nonce.length === ourNonce.length)
    throw new Error('the nonce of the broker does not go on from ours')
  if (salt.length === 0) throw new Error('the broker sent no salt')
  if (!Number.isInteger(iterations) || iterations < fewestIterations || iterations > mostIterations) {
    throw new Error(`the broker asks for ${parts.get('i')} iterations, not ${fewestIterations} to ${mostIterations}`)
  }
  return { nonce, salt, iterations }
}

export interface Proof {
  readonly finalMessage: string
  readonly serverSignature: Buffer
}

/** The last message, and the signature that the broker must answer it with. */
export async function prove(
  mechanism: ScramName,
  password: string,
  clientFirst: string,
  serverFirst: string,
  { nonce, salt, iterations }: ServerFirst,
): Promise<Proof> {
  const { name, length } = digests[mechanism]
  const hmac = (key: Buffer, text: string): Buffer => createHmac(name, key).update(text).digest()
  const salted = await derive(password, salt, iterations, length, name)
  const clientKey = hmac(salted, 'Client Key')
  const storedKey = createHash(name).update(clientKey).digest()
  const withoutProof = `c=${Buffer.from(header).toString('base64')},r=${nonce}`
  const all = `${clientFirst},${serverFirst},${withoutProof}`
  const signature = hmac(storedKey, all)
  const proof = clientKey.map((byte, place) => byte ^ signature[place]!)
  return {
    finalMessage: `${withoutProof},p=${Buffer.from(proof).toString('base64')}`,
    serverSignature: hmac(hmac(salted, 'Server Key'), all),
  }
}

/** @throws Error when the broker refuses, or its signature shows that it does not know the password */
export function verify(serverFinal: string, expected: Buffer): void {
  const parts = attributesOf(serverFinal)
  const refusal = parts.get('e')
  if (refusal !== undefined) throw new Error(`the broker refuses: ${refusal}`)
  const signature = Buffer.from(parts.get('v') ?? '', 'base64')
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new Error('the signature of the broker is wrong: it does not know the password, and may be somebody else')
  }
}

export function clientFirstMessage(bare: string): string {
  return header + bare
}

/** `r=abc,s=def` by letter. Values may hold an equals sign. */
function attributesOf(text: string): Map<string, string> {
  return new Map(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))
}
