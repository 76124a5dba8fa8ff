/**
 * An authentication of the user's own, in the shape that kafkajs gave it. Its messages carry their length in front, both
 * ways: that is how they travelled before SaslAuthenticate, and how kafkajs still hands them over.
 */
import type { Logger } from '../log.ts'
import type { Mechanism } from './mechanism.ts'

export interface SaslAuthenticateArguments<Result> {
  readonly request: { readonly encode: () => Buffer | Promise<Buffer> }
  readonly response?: {
    readonly decode: (raw: Buffer) => Buffer | Promise<Buffer>
    readonly parse: (data: Buffer) => Result
  }
}

export interface ProviderArguments {
  host: string
  port: number
  logger: Logger
  saslAuthenticate: <Result>(message: SaslAuthenticateArguments<Result>) => Promise<Result | undefined>
}

export interface CustomMechanism {
  readonly mechanism: string
  readonly authenticationProvider: (provided: ProviderArguments) => { readonly authenticate: () => Promise<void> }
}

const lengthSize = 4

export function custom({ mechanism, authenticationProvider }: CustomMechanism, logger: Logger): Mechanism {
  const name = mechanism.toUpperCase()
  return {
    name,
    async exchange(send, { host, port }) {
      const saslAuthenticate: ProviderArguments['saslAuthenticate'] = async ({ request, response }) => {
        const answer = await send(withoutLength(await request.encode()))
        if (response === undefined) return undefined
        return response.parse(await response.decode(withLength(answer)))
      }
      const own = logger.namespace(`SaslAuthenticator-${name}`)
      await authenticationProvider({ host, port, logger: own, saslAuthenticate }).authenticate()
    },
  }
}

/** A message that does not begin with its own length is taken whole. */
function withoutLength(message: Buffer): Buffer {
  const says = message.length >= lengthSize ? message.readInt32BE(0) : -1
  return says === message.length - lengthSize ? message.subarray(lengthSize) : message
}

function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(lengthSize)
  length.writeInt32BE(message.length)
  return Buffer.concat([length, message])
}
