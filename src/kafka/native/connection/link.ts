/** A connection to one node for one purpose: opened when first needed, and again after it was lost. */
import type { Clock } from '../../../clock.ts'
import { sleep } from '../../../clock.ts'
import type { Random } from '../../../random.ts'
import type { Api, RequestInput, Response } from '../../../wire/schema.ts'
import { closed } from '../../faults.ts'
import { KafkaError } from '../../port.ts'
import type { ClientConfig } from '../config.ts'
import { unsayable, unsent } from '../errors.ts'
import { backoff } from '../retry.ts'
import { SaslSession } from '../sasl/session.ts'
import { type Address, addressText } from './address.ts'
import { askVersions, type BrokerVersions } from './api-versions.ts'
import { Connection } from './connection.ts'

/** What a request looks like in the version that is chosen once the broker is known. */
export type BodyOf<A extends Api> = (version: number) => RequestInput<A>

export interface RequestOptions {
  /** Milliseconds to wait for the answer; the client's request timeout if absent. */
  readonly timeout?: number
  /** Highest version to use. */
  readonly cap?: number
}

interface Established {
  readonly connection: Connection
  readonly versions: BrokerVersions
  /** Null where nobody asks who we are. */
  readonly session: SaslSession | null
}

/**
 * A broker executes one request of a connection at a time, so whatever may wait there (a long poll, a join) has a
 * link of its own.
 */
export class Link {
  readonly #config: ClientConfig
  readonly #address: () => Address | undefined
  readonly #clock: Clock
  readonly #random: Random
  #established: Promise<Established> | null = null
  #current: Connection | null = null
  #failures = 0
  #closed = false

  constructor(config: ClientConfig, address: () => Address | undefined, clock: Clock, random: Random) {
    this.#config = config
    this.#address = address
    this.#clock = clock
    this.#random = random
  }

  /**
   * Sends a request; requests are written in the order of the calls.
   * @throws KafkaError `retriable` if it was not written, `unknown-outcome` if its answer never came, `fatal` if it
   * can't be said in the protocol
   */
  async request<A extends Api>(api: A, body: BodyOf<A>, options: RequestOptions = {}): Promise<Response<A>> {
    const { connection, versions, session } = await this.#connected(api.name)
    const version = versions.choose(api, options.cap)
    session?.renewIfDue()
    try {
      return await connection.request(api, version, body(version), options.timeout ?? this.#requestTimeout)
    } catch (error) {
      throw error instanceof KafkaError ? error : unsayable(api.name, error)
    }
  }

  /** What the broker speaks. */
  async versions(): Promise<BrokerVersions> {
    return (await this.#connected('ApiVersions')).versions
  }

  close(): void {
    this.#closed = true
    this.#current?.close()
  }

  get #requestTimeout(): number {
    return this.#config.enforceRequestTimeout ? this.#config.requestTimeout : Number.POSITIVE_INFINITY
  }

  /** Every caller waits on the same promise, so nobody overtakes. */
  #connected(request: string): Promise<Established> {
    if (this.#closed) return Promise.reject(closed(request))
    if (this.#established === null || this.#current?.isClosed) {
      this.#current = null
      const opening = this.#open()
      this.#established = opening
      opening.catch(() => {
        if (this.#established === opening) this.#established = null
      })
    }
    return this.#established
  }

  async #open(): Promise<Established> {
    if (this.#failures > 0) await sleep(this.#clock, backoff(this.#config.retry, this.#failures - 1, this.#random))
    // Taken back once the handshake has succeeded.
    this.#failures++
    const address = this.#address()
    if (this.#closed) throw closed('connect')
    if (address === undefined) throw unsent('connect', 'the node has left the cluster')
    try {
      const connection = await Connection.open(address, this.#config, this.#clock)
      this.#current = connection
      if (this.#closed) connection.close()
      const established = await this.#introduce(connection)
      this.#failures = 0
      return established
    } catch (error) {
      this.#current?.close()
      this.#config.logger.warn('no connection', { broker: addressText(address), error: String(error) })
      throw error
    }
  }

  /** What both sides speak, and who we are. */
  async #introduce(connection: Connection): Promise<Established> {
    const { connectionTimeout, requestTimeout, sasl, logger } = this.#config
    // A connection is made by the system, an answer by a broker that may be busy.
    const timeout = Math.min(requestTimeout, Math.max(connectionTimeout, 1_000))
    const versions = await askVersions(connection, timeout)
    if (sasl === null) return { connection, versions, session: null }
    const session = new SaslSession(connection, sasl(logger), versions, this.#config, this.#clock)
    await session.authenticate()
    return { connection, versions, session }
  }
}
