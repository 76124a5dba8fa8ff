/** The cluster as the client sees it: nodes, links to them, metadata, and asking until there is an answer. */
import type { Clock } from '../../../clock.ts'
import type { Random } from '../../../random.ts'
import { Metadata as MetadataApi } from '../../../wire/apis/03-metadata.ts'
import type { Api, RequestInput, Response } from '../../../wire/schema.ts'
import { closed, isRepeatable } from '../../faults.ts'
import { KafkaError } from '../../port.ts'
import type { ClientConfig } from '../config.ts'
import { parseAddress } from '../connection/address.ts'
import { type BodyOf, Link, type RequestOptions } from '../connection/link.ts'
import { gaveUp, unsent } from '../errors.ts'
import { Patience } from '../retry.ts'
import { Metadata, type TopicMetadata } from './metadata.ts'

/**
 * What a link is for. `control`: questions answered at once. `data`: produce and transactions. Each fetcher and each
 * membership has a purpose of its own, since they may keep a connection waiting.
 */
export type Purpose = 'control' | 'data' | `fetch-${number}` | `group-${number}`

export class Cluster {
  readonly config: ClientConfig
  readonly clock: Clock
  readonly random: Random
  readonly metadata: Metadata = new Metadata()
  readonly #links = new Map<string, Link>()
  #purposes = 0
  #closed = false
  #refreshing: { readonly names: Set<string>; readonly done: Promise<void> } | null = null
  #refreshed: Promise<void> = Promise.resolve()
  #turn = 0
  /** The metadata may go on naming it for a while. */
  #failedController = -1

  constructor(config: ClientConfig, clock: Clock, random: Random) {
    this.config = config
    this.clock = clock
    this.random = random
  }

  /** A number nobody else has, for a purpose of one's own. */
  nextPurpose(): number {
    return ++this.#purposes
  }

  patience(milliseconds: number = this.config.requestTimeout): Patience {
    return new Patience(this.config.retry, milliseconds, this.clock, this.random)
  }

  /**
   * Finds the cluster by the addresses of the configuration.
   * @throws KafkaError `fatal` with reason `UNREACHABLE` when none answers within three times the connection timeout
   */
  async connect(): Promise<void> {
    const addresses = [...(await this.config.brokers())]
    const patience = this.patience(3 * this.config.connectionTimeout)
    const failures = new Map<string, string>()
    do {
      for (const address of addresses) {
        if (this.#closed) throw closed('connect')
        const failure = await this.#bootstrap(address)
        if (failure === null) return
        failures.set(address, failure)
      }
    } while (await patience.wait())
    const tried = addresses.map((address) => `${address} (${failures.get(address) ?? 'not tried'})`).join(', ')
    const message = `No Kafka broker could be reached; tried ${tried || 'nothing: the list of brokers is empty'}`
    throw new KafkaError('fatal', 'UNREACHABLE', 'Metadata', message)
  }

  /** The link to a node for a purpose; it finds the node's present address whenever it connects. */
  link(node: number, purpose: Purpose): Link {
    const name = `${node} ${purpose}`
    let link = this.#links.get(name)
    if (link === undefined) {
      link = new Link(this.config, () => this.metadata.address(node), this.clock, this.random)
      this.#links.set(name, link)
      if (this.#closed) link.close()
    }
    return link
  }

  /** Closes the links of a purpose that has ended. */
  release(purpose: Purpose): void {
    for (const [name, link] of this.#links) {
      if (!name.endsWith(` ${purpose}`)) continue
      link.close()
      this.#links.delete(name)
    }
  }

  /** Asks some node, another one after each failure. For what may be executed twice. */
  async askAny<A extends Api>(api: A, body: BodyOf<A>, options: RequestOptions = {}): Promise<Response<A>> {
    let failures = 0
    return this.repeat(
      async () => {
        if (this.metadata.nodes.length === 0) await this.connect()
        return this.link(this.#nextNode(api.name), 'control').request(api, body, options)
      },
      async () => {
        // None of the nodes we know answers: the cluster may live at other addresses by now (KIP-899).
        if (++failures % Math.max(1, this.metadata.nodes.length) === 0) await this.#lookAround()
      },
    )
  }

  /** Asks the node that changes topics. Every broker passes such requests on, so after a failure the next best will do. */
  async askController<A extends Api>(api: A, body: BodyOf<A>, options: RequestOptions = {}): Promise<Response<A>> {
    if (this.metadata.nodes.length === 0) await this.connect()
    const { controller, nodes } = this.metadata
    const isTrusted = nodes.includes(controller) && controller !== this.#failedController
    const node = isTrusted ? controller : this.#nextNode(api.name)
    try {
      return await this.link(node, 'control').request(api, body, options)
    } catch (error) {
      this.#failedController = node
      throw error
    }
  }

  /** Repeats what the controller is asked for; whoever is it now is looked up in between. */
  repeatAtController<T>(ask: () => Promise<T>): Promise<T> {
    return this.repeat(ask, () => this.refresh([]))
  }

  /** Asks every node, all at once, each until it answers or is no longer there; what they say, one after another. */
  async askEach<A extends Api, T>(
    api: A,
    body: BodyOf<A>,
    read: (answer: Response<A>, node: number) => readonly T[],
  ): Promise<T[]> {
    await this.refresh([])
    const answers = this.metadata.nodes.map((node) =>
      this.repeat(
        async () => {
          if (this.metadata.address(node) === undefined) return []
          return read(await this.link(node, 'control').request(api, body), node)
        },
        () => this.refresh([]),
      ),
    )
    return (await Promise.all(answers)).flat()
  }

  /**
   * Repeats a question until it is answered, patience is over or the error is one that repetition does not cure.
   * `forget` drops what was believed and led to the failure.
   */
  async repeat<T>(ask: () => Promise<T>, forget?: () => Promise<void> | void): Promise<T> {
    const patience = this.patience()
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if (this.#closed) throw closed(error instanceof KafkaError ? error.request : 'request')
        if (!isRepeatable(error)) throw error
        if (!(await patience.wait())) throw gaveUp(error)
        await forget?.()
      }
    }
  }

  /** Asks for these topics and whatever else is wanted at the moment, in one request. */
  refresh(names: Iterable<string>): Promise<void> {
    if (this.#refreshing === null) {
      const wanted = new Set<string>()
      const done = this.#refreshed.then(() => this.#refreshNow(wanted))
      this.#refreshing = { names: wanted, done }
      this.#refreshed = done.catch(() => undefined)
    }
    for (const name of names) this.#refreshing.names.add(name)
    return this.#refreshing.done
  }

  /** The topic as it is known, or as the cluster answers now if it was never heard of. */
  async topic(name: string): Promise<TopicMetadata | undefined> {
    const remembered = this.metadata.topic(name)
    if (remembered !== undefined && remembered.errorCode === 0) return remembered
    await this.refresh([name])
    return this.metadata.topic(name)
  }

  close(): void {
    this.#closed = true
    for (const link of this.#links.values()) link.close()
    this.#links.clear()
  }

  #nextNode(request: string): number {
    const { nodes } = this.metadata
    const node = nodes[this.#turn++ % nodes.length]
    if (node === undefined) throw unsent(request, 'no node of the cluster is known')
    return node
  }

  /** Goes by the addresses of the configuration once more; nothing is lost if none of them answers. */
  async #lookAround(): Promise<void> {
    for (const address of await this.config.brokers()) {
      if (this.#closed || (await this.#bootstrap(address)) === null) return
    }
  }

  async #refreshNow(wanted: Set<string>): Promise<void> {
    this.#refreshing = null
    const answer = await this.askAny(MetadataApi, () => metadataRequest([...wanted]))
    this.metadata.learn(answer)
  }

  /** Null when this address told us about the cluster, else why it did not. */
  async #bootstrap(address: string): Promise<string | null> {
    const parsed = parseAddress(address)
    const link = new Link(this.config, () => parsed, this.clock, this.random)
    try {
      const timeout = 3 * this.config.connectionTimeout
      this.metadata.learn(await link.request(MetadataApi, () => metadataRequest([]), { timeout }))
      return this.metadata.nodes.length > 0 ? null : 'the broker knows no nodes yet'
    } catch (error) {
      if (!isRepeatable(error)) throw error
      return error.message
    } finally {
      link.close()
    }
  }
}

function metadataRequest(names: readonly string[]): RequestInput<typeof MetadataApi> {
  return { topics: names.map((name) => ({ name })), allowAutoTopicCreation: false }
}
