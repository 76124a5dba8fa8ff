/** An authenticated connection: the exchange at its beginning, and again before the broker's patience ends (KIP-368). */
import type { Clock } from '../../../clock.ts'
import { SaslHandshake } from '../../../wire/apis/17-sasl-handshake.ts'
import { SaslAuthenticate } from '../../../wire/apis/36-sasl-authenticate.ts'
import { errorCode } from '../../../wire/errors.ts'
import { refusal } from '../../faults.ts'
import { KafkaError } from '../../port.ts'
import type { CheckedConfig } from '../config.ts'
import { addressText } from '../connection/address.ts'
import type { BrokerVersions } from '../connection/api-versions.ts'
import type { Connection } from '../connection/connection.ts'
import { unsent } from '../errors.ts'
import type { Mechanism, Send } from './mechanism.ts'

/** A broker takes a second authentication within a second of the first for an ordinary request (KIP-368). */
const shortestSession = 1_100

/** How long after an authentication the next one is due, for a session of `lifetime` milliseconds; never for 0. */
export function renewalAfter(lifetime: number, threshold: number): number {
  if (lifetime <= 0) return Number.POSITIVE_INFINITY
  return Math.max(Math.min(shortestSession, lifetime), lifetime - threshold, lifetime / 2)
}

export type SessionConfig = Pick<CheckedConfig, 'authenticationTimeout' | 'reauthenticationThreshold'>

export class SaslSession {
  readonly #connection: Connection
  readonly #mechanism: Mechanism
  readonly #versions: BrokerVersions
  readonly #config: SessionConfig
  readonly #clock: Clock
  #renewAt = Number.POSITIVE_INFINITY
  #lifetime = 0

  constructor(
    connection: Connection,
    mechanism: Mechanism,
    versions: BrokerVersions,
    config: SessionConfig,
    clock: Clock,
  ) {
    this.#connection = connection
    this.#mechanism = mechanism
    this.#versions = versions
    this.#config = config
    this.#clock = clock
  }

  get #subject(): string {
    return `${this.#mechanism.name} at ${addressText(this.#connection.address)}`
  }

  /** @throws KafkaError `fatal` when the broker refuses, `retriable` when it does not answer in time */
  async authenticate(): Promise<void> {
    const { authenticationTimeout, reauthenticationThreshold } = this.#config
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = this.#clock.after(authenticationTimeout, () =>
      reject(unsent('SaslAuthenticate', `no authentication by ${this.#subject} within ${authenticationTimeout} ms`)),
    )
    const begun = this.#clock.monotonic()
    try {
      // Also a provider of the user's own may never answer.
      await Promise.race([this.#exchange(), late])
    } catch (error) {
      throw this.#explained(error)
    } finally {
      timer.cancel()
    }
    this.#renewAt = begun + renewalAfter(this.#lifetime, reauthenticationThreshold)
  }

  /**
   * Authenticates again if it is time: requests of this moment and later wait for it, and it waits until those before
   * are answered, since the broker works in order and one of them may be a long poll. A failure ends the connection.
   */
  renewIfDue(): void {
    if (this.#clock.monotonic() < this.#renewAt) return
    this.#renewAt = Number.POSITIVE_INFINITY
    const release = this.#connection.hold()
    const renewed = this.#connection.quiet().then(() => this.authenticate())
    renewed.then(release, (error: KafkaError) => this.#connection.fail(error))
  }

  async #exchange(): Promise<void> {
    await this.#handshake()
    await this.#mechanism.exchange(this.#send, this.#connection.address)
  }

  async #handshake(): Promise<void> {
    const { name } = this.#mechanism
    const version = this.#versions.choose(SaslHandshake)
    const { authenticationTimeout } = this.#config
    const answer = await this.#connection.requestNow(SaslHandshake, version, { mechanism: name }, authenticationTimeout)
    if (answer.errorCode === 0) return
    const detail =
      answer.errorCode === errorCode.UNSUPPORTED_SASL_MECHANISM
        ? `it offers ${answer.mechanisms.join(', ') || 'none'}`
        : 'the listener does not ask for authentication (remove sasl, or use another port)'
    throw refusal(answer.errorCode, 'SaslHandshake', this.#subject, detail)
  }

  readonly #send: Send = async (message) => {
    const version = this.#versions.choose(SaslAuthenticate)
    const { authenticationTimeout } = this.#config
    const body = { authBytes: message }
    const answer = await this.#connection.requestNow(SaslAuthenticate, version, body, authenticationTimeout)
    if (answer.errorCode !== 0) throw refusal(answer.errorCode, 'SaslAuthenticate', this.#subject, answer.errorMessage)
    this.#lifetime = answer.sessionLifetimeMs
    return answer.authBytes
  }

  /** An authentication changes nothing, so a lost answer is no unknown outcome; what breaks its rules is a refusal. */
  #explained(error: unknown): KafkaError {
    if (error instanceof KafkaError && error.fault !== 'unknown-outcome') return error
    const why = error instanceof Error ? error.message : String(error)
    if (error instanceof KafkaError) return unsent('SaslAuthenticate', `${this.#subject}: ${why}`, error)
    const message = `Authentication by ${this.#subject} failed: ${why}`
    return new KafkaError('fatal', 'SASL_AUTHENTICATION_FAILED', 'SaslAuthenticate', message, { cause: error })
  }
}
