/** What is said before a connection is known, and what Kafka answers. Each script has a connection of its own. */
import * as apis from '../../../src/wire/apis/index.ts'
import { errorName } from '../../../src/wire/errors.ts'
import type { WireClient } from '../../broker/wire-client.ts'

export class Talk {
  readonly client: WireClient
  readonly answers: unknown[] = []

  constructor(client: WireClient) {
    this.client = client
  }

  /** Notes an answer, or that the connection ended instead. */
  async #note(answer: Promise<unknown>): Promise<void> {
    this.answers.push(await answer.catch(() => 'closed'))
  }

  versions(): Promise<void> {
    const body = { clientSoftwareName: 'test', clientSoftwareVersion: '1' }
    return this.#note(this.client.send(apis.ApiVersions, 3, body).then(({ errorCode }) => errorName(errorCode)))
  }

  topics(): Promise<void> {
    const body = { topics: [], allowAutoTopicCreation: false }
    return this.#note(this.client.send(apis.Metadata, 9, body).then(({ topics }) => topics.length))
  }

  handshake(mechanism: string): Promise<void> {
    const answer = this.client.send(apis.SaslHandshake, 1, { mechanism })
    return this.#note(answer.then(({ errorCode, mechanisms }) => [errorName(errorCode), mechanisms.toSorted()]))
  }

  /** `message`: whether the words are compared too. */
  authenticate(token: string, { version = 2, message = true } = {}): Promise<void> {
    const answer = this.client.send(apis.SaslAuthenticate, version, { authBytes: Buffer.from(token) })
    return this.#note(
      answer.then(({ errorCode, errorMessage, authBytes, sessionLifetimeMs }) => [
        errorName(errorCode),
        message ? errorMessage : null,
        authBytes.length > 0,
        sessionLifetimeMs > 0,
      ]),
    )
  }

  async ended(): Promise<void> {
    await this.client.closed
    this.answers.push('closed')
  }
}

const right = '\0ann\0ann-secret'
const noTalk = { message: false }

export const authenticationScripts: Readonly<Record<string, (talk: Talk) => Promise<void>>> = {
  async 'in good order'(talk) {
    await talk.versions()
    await talk.handshake('PLAIN')
    await talk.authenticate(right)
    await talk.topics()
    await talk.versions()
    await talk.authenticate(right)
    await talk.topics()
  },
  async 'a request too early'(talk) {
    await talk.topics()
  },
  async 'authentication without a handshake'(talk) {
    await talk.authenticate(right)
  },
  async 'versions twice'(talk) {
    await talk.versions()
    await talk.versions()
  },
  async 'a mechanism that there is not'(talk) {
    await talk.handshake('GSSAPI')
    await talk.ended()
  },
  async 'versions after the handshake'(talk) {
    await talk.handshake('PLAIN')
    await talk.versions()
    await talk.ended()
  },
  async 'a handshake after the handshake'(talk) {
    await talk.handshake('PLAIN')
    await talk.handshake('PLAIN')
    await talk.ended()
  },
  async 'a request after the handshake'(talk) {
    await talk.handshake('PLAIN')
    await talk.topics()
    await talk.ended()
  },
  async 'a wrong password'(talk) {
    await talk.handshake('PLAIN')
    await talk.authenticate('\0ann\0wrong')
    await talk.ended()
  },
  async 'a stranger'(talk) {
    await talk.handshake('PLAIN')
    await talk.authenticate('\0nobody\0wrong', { version: 0 })
    await talk.ended()
  },
  async 'somebody else'(talk) {
    await talk.handshake('PLAIN')
    await talk.authenticate('other\0ann\0ann-secret')
    await talk.ended()
  },
  async 'an empty name'(talk) {
    await talk.handshake('PLAIN')
    await talk.authenticate('\0\0x')
    await talk.ended()
  },
  async 'no PLAIN at all'(talk) {
    await talk.handshake('PLAIN')
    await talk.authenticate('hello', noTalk)
    await talk.ended()
  },
  async 'a stranger by SCRAM'(talk) {
    await talk.handshake('SCRAM-SHA-256')
    await talk.authenticate('n,,n=nobody,r=abc', noTalk)
    await talk.ended()
  },
  async 'no SCRAM at all'(talk) {
    await talk.handshake('SCRAM-SHA-256')
    await talk.authenticate('hello', noTalk)
    await talk.ended()
  },
  async 'another nonce'(talk) {
    await talk.handshake('SCRAM-SHA-512')
    await talk.authenticate('n,,n=ann,r=abc', noTalk)
    await talk.authenticate('c=biws,r=abcdef,p=AAAA', noTalk)
    await talk.ended()
  },
  async 'a token that is no good'(talk) {
    await talk.handshake('OAUTHBEARER')
    await talk.authenticate('n,,\x01auth=Bearer nonsense\x01\x01', noTalk)
    await talk.authenticate('\x01', noTalk)
    await talk.ended()
  },
  async 'authentication anew'(talk) {
    await talk.handshake('PLAIN')
    await talk.authenticate(right)
    await talk.handshake('PLAIN')
    await talk.authenticate(right, { version: 1 })
    await talk.topics()
    await talk.handshake('PLAIN')
    await talk.topics()
  },
  async 'authentication anew by another mechanism'(talk) {
    await talk.handshake('PLAIN')
    await talk.authenticate(right)
    await talk.handshake('SCRAM-SHA-256')
    await talk.authenticate('n,,n=ann,r=abc', noTalk)
    await talk.ended()
  },
}
