/** The SCRAM messages in their order. */
import type { Mechanism } from './mechanism.ts'
import { clientFirstMessage, firstMessage, prove, readServerFirst, type ScramName, verify } from './scram.ts'

export interface ScramCredentials {
  readonly username: string
  readonly password: string
}

/** @param newNonce a text without commas that nobody can guess, another one each time */
export function scram(name: ScramName, credentials: ScramCredentials, newNonce: () => string): Mechanism {
  const { username, password } = credentials
  return {
    name,
    async exchange(send) {
      const nonce = newNonce()
      const clientFirst = firstMessage(username, nonce)
      const serverFirst = String(await send(Buffer.from(clientFirstMessage(clientFirst))))
      const challenge = readServerFirst(serverFirst, nonce)
      const { finalMessage, serverSignature } = await prove(name, password, clientFirst, serverFirst, challenge)
      verify(String(await send(Buffer.from(finalMessage))), serverSignature)
    },
  }
}
