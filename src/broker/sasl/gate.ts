/**
 * What stands between a connection and the broker while nobody knows whose it is: SaslHandshake and SaslAuthenticate
 * (KIP-43, KIP-152), and authentication anew before a session ends (KIP-368). As in Apache Kafka, a session that is
 * over ends at the next request, not by itself.
 */
import { SaslAuthenticate, SaslHandshake } from '../../wire/apis/index.ts'
import { type DecodedRequestHeader, decodeRequest, decodeRequestHeader, encodeResponse } from '../../wire/codec.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Api, ResponseInput, Struct } from '../../wire/schema.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { Answer } from '../dispatch.ts'
import { handlers } from '../handlers/index.ts'
import type { Exchange, Step } from './exchange.ts'
import type { GateOptions } from './options.ts'
import { type SaslAction, type SaslRequest, type SaslState, saslActions } from './states.ts'

interface Session {
  readonly mechanism: string
  readonly principal: string
  /** Milliseconds since 1970; null: never. */
  readonly ends: number | null
}

const requestNames: ReadonlyMap<number, SaslRequest> = new Map([
  [17, 'SaslHandshake'],
  [18, 'ApiVersions'],
  [36, 'SaslAuthenticate'],
])
const bareTokens = 0
const shortestMillisecondsBetween = 1_000
const frameSizeBytes = 4

/** One connection's. */
export class SaslGate {
  readonly #options: GateOptions
  #state: SaslState = 'fresh'
  #exchange: Exchange | null = null
  #mechanism = ''
  #session: Session | null = null
  /** On the clock that never goes back; null: not yet. */
  #againSince: number | null = null

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** null: the frame is a request that may be executed. */
  admit(frame: Buffer): Answer | Promise<Answer> | null {
    try {
      return this.#actOn(frame)
    } catch (error) {
      if (error instanceof WireError) return 'close'
      throw error
    }
  }

  #actOn(frame: Buffer): Answer | Promise<Answer> | null {
    // A bare token need not look like a request.
    if (this.#state === 'raw') return this.#takeToken(frame)
    const header = decodeRequestHeader(frame)
    const request = requestNames.get(header.apiKey) ?? 'other'
    switch (this.#actionFor(request)) {
      case 'pass':
        return this.#pass(request, header)
      case 'handshake':
        return this.#handshake(frame, header)
      case 'authenticate':
        return this.#authenticate(frame, header)
      case 'refuse':
        return refusal(frame, header)
      default:
        return 'close'
    }
  }

  #actionFor(request: SaslRequest): SaslAction {
    const action = saslActions[this.#state][request]
    if (this.#state !== 'ready') return action
    if (request === 'SaslHandshake') return this.#mayBeginAgain() ? 'handshake' : 'pass'
    return this.#isOver() ? 'close' : action
  }

  #isOver(): boolean {
    const ends = this.#session?.ends ?? null
    return ends !== null && this.#options.clock.now() >= ends
  }

  /** Once a second at most, as in Kafka; a handshake that comes sooner is refused like one nobody waits for. */
  #mayBeginAgain(): boolean {
    const now = this.#options.clock.monotonic()
    if (this.#againSince !== null && now - this.#againSince < shortestMillisecondsBetween) return false
    this.#againSince = now
    return true
  }

  #pass(request: SaslRequest, { apiVersion }: DecodedRequestHeader): null {
    // Who asked in a version nobody knows asks once more.
    const [, highest] = handlers.get(18)!.api.versions
    if (request === 'ApiVersions' && this.#state === 'fresh' && apiVersion <= highest) this.#state = 'versioned'
    return null
  }

  #handshake(frame: Buffer, header: DecodedRequestHeader): Answer {
    if (!isServed(SaslHandshake, header)) return 'close'
    const { mechanism: name } = decodeRequest(SaslHandshake, header.apiVersion, frame, header.bodyOffset)
    const mechanisms = [...this.#options.mechanisms.keys()]
    const mechanism = this.#options.mechanisms.get(name)
    if (mechanism === undefined) {
      const code = errorCode.UNSUPPORTED_SASL_MECHANISM
      return last(answer(SaslHandshake, header, { errorCode: code, mechanisms }))
    }
    this.#mechanism = name
    // Who is known stays with the mechanism by which it became known: anything else ends at its next word.
    const former = this.#session?.mechanism ?? name
    this.#exchange = former === name ? mechanism() : null
    this.#state = header.apiVersion === bareTokens ? 'raw' : 'exchange'
    return [answer(SaslHandshake, header, { errorCode: errorCode.NONE, mechanisms })]
  }

  async #takeToken(token: Buffer): Promise<Answer> {
    if (this.#exchange === null) return 'close'
    const step = this.#judge(await this.#exchange.next(token))
    return step.kind === 'refused' ? 'close' : [framed(step.bytes)]
  }

  /** Decodes before it waits: what cannot be read is thrown to the caller, not to nobody. */
  #authenticate(frame: Buffer, header: DecodedRequestHeader): Answer | Promise<Answer> {
    if (!isServed(SaslAuthenticate, header) || this.#exchange === null) return 'close'
    const { authBytes } = decodeRequest(SaslAuthenticate, header.apiVersion, frame, header.bodyOffset)
    return this.#advance(this.#exchange, authBytes, header)
  }

  async #advance(exchange: Exchange, authBytes: Buffer, header: DecodedRequestHeader): Promise<Answer> {
    const step = this.#judge(await exchange.next(authBytes))
    if (step.kind === 'refused') return last(answer(SaslAuthenticate, header, refusedStep(step.message)))
    const sessionLifetimeMs = step.kind === 'known' ? this.#lifetime() : 0
    const body = { errorCode: errorCode.NONE, errorMessage: '', authBytes: step.bytes, sessionLifetimeMs }
    return [answer(SaslAuthenticate, header, body)]
  }

  /** Who authenticates anew must be who it was. */
  #judge(step: Step): Step {
    if (step.kind !== 'known') return step
    const former = this.#session?.principal ?? step.principal
    if (former !== step.principal) {
      const message = `Cannot change principals during re-authentication from User:${former} to User:${step.principal}`
      return { kind: 'refused', message }
    }
    this.#session = { mechanism: this.#mechanism, principal: step.principal, ends: this.#endOf(step.expires) }
    this.#state = 'ready'
    return step
  }

  #endOf(expires: number | null): number | null {
    const { reauthentication, clock } = this.#options
    const longest = reauthentication > 0 ? clock.now() + reauthentication : null
    if (longest === null || expires === null) return longest ?? expires
    return Math.min(longest, expires)
  }

  /** What a client is told; 0: the session does not end. */
  #lifetime(): number {
    const ends = this.#session?.ends ?? null
    return ends === null ? 0 : Math.max(0, ends - this.#options.clock.now())
  }
}

function refusedStep(message: string): ResponseInput<typeof SaslAuthenticate> {
  const code = errorCode.SASL_AUTHENTICATION_FAILED
  return { errorCode: code, errorMessage: message, authBytes: Buffer.alloc(0), sessionLifetimeMs: 0 }
}

/** The answer to a request that cannot come now; what is not a request at all is not answered. */
function refusal(frame: Buffer, header: DecodedRequestHeader): Answer {
  const handler = handlers.get(header.apiKey)
  if (handler === undefined || !isServed(handler.api, header)) return 'close'
  const body = decodeRequest(handler.api, header.apiVersion, frame, header.bodyOffset)
  return last(answer(handler.api, header, handler.refuse(body, errorCode.ILLEGAL_SASL_STATE)))
}

function isServed({ versions: [lowest, highest] }: Api<Struct, Struct>, { apiVersion }: DecodedRequestHeader): boolean {
  return apiVersion >= lowest && apiVersion <= highest
}

function answer<A extends Api>(api: A, header: DecodedRequestHeader, body: ResponseInput<A>): Buffer {
  return encodeResponse(api, header.apiVersion, header.correlationId, body)
}

function framed(bytes: Buffer): Buffer {
  const size = Buffer.alloc(frameSizeBytes)
  size.writeInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

/** What is said before the connection ends. */
function last(part: Buffer): Answer {
  return { last: [part] }
}
