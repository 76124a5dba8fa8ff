/** A connection to one node for one purpose: opened when first needed, and again after it was lost. */
import type { Clock } from '../../clock.ts'
import { sleep } from '../../clock.ts'
import type { Random } from '../../random.ts'
import type { Api, RequestInput, Response } from '../../wire/schema.ts'
import { KafkaError } from '../port.ts'
import { askVersions, type BrokerVersions } from './api-versions.ts'
import type { Address, ClientConfig } from './config.ts'
import { Connection } from './connection.ts'
import { closed, unsayable, unsent } from './errors.ts'
import { backoff } from './retry.ts'

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
    const { connection, versions } = await this.#connected(api.name)
    const version = versions.choose(api, options.cap)
    try {
      return await connection.request(api, version, body(version), options.timeout ?? this.#config.requestTimeout)
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
    const { clientId, connectionTimeout } = this.#config
    const connection = await Connection.open(address, { clientId, connectionTimeout, clock: this.#clock })
    this.#current = connection
    if (this.#closed) connection.close()
    const versions = await askVersions(connection, Math.max(connectionTimeout, 1_000))
    this.#failures = 0
    return { connection, versions }
  }
}
