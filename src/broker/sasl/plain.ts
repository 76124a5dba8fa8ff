/** PLAIN (RFC 4616): name and password as they are, so only over TLS where others listen. */
import { crypto } from './crypto.ts'
import { known, type Mechanism, refused, type Step } from './exchange.ts'

/** @example plainMechanism({ alice: 'secret' })().next(Buffer.from('\0alice\0secret')) // known */
export function plainMechanism(users: Readonly<Record<string, string>>): Mechanism {
  const passwords = new Map(Object.entries(users).map(([name, password]) => [name, digest(password)]))
  return () => ({ next: (said) => check(said, passwords) })
}

const nobody: Buffer = digest('')

function check(said: Buffer, passwords: ReadonlyMap<string, Buffer>): Step {
  const parts = said.toString('utf8').split('\0')
  if (parts.length !== 3) {
    return refused(`Invalid SASL/PLAIN response: expected 3 tokens, got ${parts.length}`)
  }
  const [authorization, name, password] = parts as [string, string, string]
  if (name === '') return refused('Authentication failed: username not specified')
  if (password === '') return refused('Authentication failed: password not specified')
  // Compared also where there is no such user, so that an answer takes as long.
  const isRight = crypto().timingSafeEqual(digest(password), passwords.get(name) ?? nobody)
  if (!isRight || !passwords.has(name)) return refused('Authentication failed: Invalid username or password')
  if (authorization !== '' && authorization !== name) {
    return refused('Authentication failed: Client requested an authorization id that is different from username')
  }
  return known(name)
}

/** Of one length whatever was given, so that a comparison tells nothing of it. */
function digest(text: string): Buffer {
  return crypto().createHash('sha256').update(text).digest()
}
