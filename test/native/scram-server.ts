/** The broker's side of SCRAM, written from RFC 5802 once more, so that client and server do not share an error. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import type { SaslServer } from './fake-broker.ts'

export interface ScramWish {
  readonly username: string
  readonly password: string
  readonly digest: 'sha256' | 'sha512'
  readonly iterations?: number
  /** What the broker makes of the client's nonce; it should add to it. */
  readonly nonce?: (client: string) => string
  /** Signs with this password instead: an impostor. */
  readonly signsWith?: string
  readonly sessionLifetimeMs?: number
}

const salt = Buffer.from('salt and pepper')

export function scramServer(wish: ScramWish): SaslServer {
  const { username, digest, iterations = 4_096, nonce = (client) => `${client}server` } = wish
  const hmac = (key: Buffer, text: string): Buffer => createHmac(digest, key).update(text).digest()
  const saltedWith = (password: string): Buffer =>
    pbkdf2Sync(password, salt, iterations, digest === 'sha256' ? 32 : 64, digest)
  const salted = saltedWith(wish.password)
  let bare = ''
  let serverFirst = ''
  return (message) => {
    const text = message.toString()
    if (bare === '') {
      bare = text.slice(3)
      const [user = '', client = ''] = bare.split(',').map((part) => part.slice(2))
      if (user.replaceAll('=2C', ',').replaceAll('=3D', '=') !== username) return refused
      serverFirst = `r=${nonce(client)},s=${salt.toString('base64')},i=${iterations}`
      return { authBytes: Buffer.from(serverFirst) }
    }
    const [withoutProof = '', proof = ''] = text.split(',p=')
    const all = `${bare},${serverFirst},${withoutProof}`
    const clientKey = hmac(salted, 'Client Key')
    const signature = hmac(createHash(digest).update(clientKey).digest(), all)
    const expected = Buffer.from(clientKey.map((byte, place) => byte ^ signature[place]!)).toString('base64')
    if (proof !== expected) return refused
    const signed = hmac(hmac(saltedWith(wish.signsWith ?? wish.password), 'Server Key'), all).toString('base64')
    return { authBytes: Buffer.from(`v=${signed}`), sessionLifetimeMs: wish.sessionLifetimeMs ?? 0 }
  }
}

const refused = { errorCode: 58, errorMessage: 'invalid credentials' }
