/** One connection to a broker: requests go out at once, answers come back in the same order. */
import type { Socket } from 'node:net'
import type { Clock, Timer } from '../../../clock.ts'
import { decodeResponse, encodeRequestChunks } from '../../../wire/codec.ts'
import type { Api, RequestInput, Response } from '../../../wire/schema.ts'
import { KafkaError } from '../../port.ts'
import type { ClientConfig } from '../config.ts'
import { lost, protocolReason, unsent } from '../errors.ts'
import type { RequestCounters } from '../metrics.ts'
import { type Address, addressText, isPort } from './address.ts'
import { FrameReader } from './frames.ts'
import { closingHint } from './hints.ts'
import { Pause } from './pause.ts'
import { replyVersion } from './reply-version.ts'
import { openSocket } from './socket.ts'
import { clientWaits, throttleOf } from './throttle.ts'
import { isTlsAlert, tlsFailure, tlsWanted } from './tls.ts'

/** The settings that a connection itself follows. */
export type ConnectionConfig = Pick<
  ClientConfig,
  'clientId' | 'connectionTimeout' | 'requestTimeout' | 'tls' | 'socketFactory' | 'sasl' | 'metrics' | 'logger'
>

interface Waiting {
  readonly api: Api
  readonly version: number
  readonly correlationId: number
  readonly counters: RequestCounters
  readonly chunks: readonly Buffer[]
  readonly timeout: number
  timer: Timer | null
  sentAt: number
  resolve(response: unknown): void
  reject(error: KafkaError): void
}

/** What someone is told whose request can't be answered any more. */
type Tell = (request: string) => KafkaError

const frameHead = 4

export class Connection {
  readonly address: Address
  readonly #config: ConnectionConfig
  readonly #clock: Clock
  readonly #socket: Socket
  readonly #connected = Promise.withResolvers<void>()
  readonly #pause: Pause
  /** In the order sent. Brokers answer a connection in order, so the head is the one answered next. */
  #waiting: Waiting[] = []
  /** Not sent yet, because of a pause. */
  #held: Waiting[] = []
  #whenQuiet: (() => void)[] = []
  #correlationId = 0
  #hasHeard = false
  #lastAnswered: string | null = null
  #isClosed = false

  private constructor(address: Address, config: ConnectionConfig, clock: Clock) {
    this.address = address
    this.#config = config
    this.#clock = clock
    this.#pause = new Pause(clock, () => this.#sendHeld())
    this.#connected.promise.catch(() => undefined)
    const reader = new FrameReader((frame) => this.#answer(frame))
    this.#socket = openSocket(address, config, {
      bytes: (chunk) => this.#read(reader, chunk),
      connected: () => this.#connected.resolve(),
    })
    this.#socket.on('error', (error) => this.#broken(error))
    this.#socket.on('close', () => this.#broken(null))
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /**
   * A connection that stands, TLS included.
   * @throws KafkaError `retriable` when there is none within the connection timeout, `fatal` when TLS is configured wrong
   */
  static async open(address: Address, config: ConnectionConfig, clock: Clock): Promise<Connection> {
    const { connectionTimeout } = config
    // Node throws for other numbers, and leaks the socket that it has begun to make.
    if (!isPort(address.port)) throw unsent('connect', `there is no port ${address.port}: ${addressText(address)}`)
    const connection = create(() => new Connection(address, config, clock))
    const late = (): void => connection.fail(unsent('connect', `no connection within ${connectionTimeout} ms`))
    const timer = clock.after(connectionTimeout, late)
    await connection.#connected.promise.finally(() => timer.cancel())
    return connection
  }

  /**
   * Sends a request and gives its answer. Without end: `timeout` may be Infinity.
   * @throws KafkaError `unknown-outcome` when the connection is lost or the time is over before the answer came
   */
  request<A extends Api>(api: A, version: number, body: RequestInput<A>, timeout: number): Promise<Response<A>> {
    return this.#ask(api, version, body, timeout, this.#pause.isOn)
  }

  /** Like `request`, but not kept back by a pause. */
  requestNow<A extends Api>(api: A, version: number, body: RequestInput<A>, timeout: number): Promise<Response<A>> {
    return this.#ask(api, version, body, timeout, false)
  }

  /** Keeps requests back until the function that it gives is called. */
  hold(): () => void {
    return this.#pause.hold()
  }

  /** Resolves when nothing is in flight: all is answered, or the connection has ended. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenQuiet.push(resolve)
      this.#wakeWhenQuiet()
    })
  }

  close(): void {
    this.#end(
      (request) => lost('CONNECTION', request, 'the connection was closed by the client'),
      (request) => unsent(request, 'the connection was closed by the client'),
    )
  }

  /** Closes it for a reason that everyone waiting is told, also who waits for the connection to stand. */
  fail(error: KafkaError): void {
    const tell = (): KafkaError => error
    this.#end((request) => (error.fault === 'fatal' ? error : lost('CONNECTION', request, error.message)), tell)
  }

  #ask<A extends Api>(
    api: A,
    version: number,
    body: RequestInput<A>,
    timeout: number,
    isHeld: boolean,
  ): Promise<Response<A>> {
    if (this.#isClosed) return Promise.reject(unsent(api.name, 'the connection is closed'))
    const correlationId = this.#correlationId++ & 0x7fffffff
    const chunks = encodeRequestChunks(api, version, { correlationId, clientId: this.#config.clientId }, body)
    const counters = this.#config.metrics.of(api)
    return new Promise((done, reject) => {
      const resolve = done as Waiting['resolve']
      const timer = null
      const waiting = { api, version, correlationId, counters, chunks, timeout, timer, sentAt: 0, resolve, reject }
      if (isHeld) this.#held.push(waiting)
      else this.#send(waiting)
    })
  }

  #send(waiting: Waiting): void {
    const { chunks, timeout, counters } = waiting
    if (timeout < Number.POSITIVE_INFINITY) waiting.timer = this.#clock.after(timeout, () => this.#late(timeout))
    waiting.sentAt = this.#clock.monotonic()
    this.#waiting.push(waiting)
    counters.sent(frameHead + chunks[0]!.readInt32BE(0))
    this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    this.#socket.uncork()
  }

  #sendHeld(): void {
    const held = this.#held
    this.#held = []
    if (!this.#isClosed) for (const waiting of held) this.#send(waiting)
  }

  #read(reader: FrameReader, chunk: Uint8Array): void {
    if (this.#isClosed) return
    const isFirst = !this.#hasHeard
    this.#hasHeard = true
    if (isFirst && this.#config.tls === null && isTlsAlert(chunk)) this.fail(tlsWanted(this.address))
    else this.#cut(reader, chunk)
  }

  /** A reply that can't be read leaves the stream in a place nobody knows: the connection ends. */
  #cut(reader: FrameReader, chunk: Uint8Array): void {
    try {
      reader.push(chunk)
    } catch (error) {
      this.#lose('PROTOCOL', protocolReason(error))
    }
  }

  #answer(frame: Buffer): void {
    const waiting = this.#waiting[0]
    if (this.#isClosed) return
    if (waiting === undefined) throw new Error('an answer that nobody asked for')
    const { api, version } = waiting
    const { correlationId, body } = decodeResponse(api, replyVersion(api, version, frame), frame)
    if (correlationId !== waiting.correlationId)
      throw new Error(`answer ${correlationId} instead of ${waiting.correlationId}`)
    this.#waiting.shift()
    this.#lastAnswered = api.name
    waiting.timer?.cancel()
    this.#count(waiting, frame, body)
    waiting.resolve(body)
    this.#wakeWhenQuiet()
  }

  #wakeWhenQuiet(): void {
    if (this.#waiting.length > 0 || this.#whenQuiet.length === 0) return
    for (const wake of this.#whenQuiet.splice(0)) wake()
  }

  #count({ api, version, counters, sentAt }: Waiting, frame: Buffer, body: unknown): void {
    const { errorCode = 0 } = body as { readonly errorCode?: number }
    counters.answered(frameHead + frame.length, this.#clock.monotonic() - sentAt, errorCode !== 0)
    const throttled = throttleOf(body)
    if (throttled === 0) return
    counters.throttled(throttled)
    // Who is silent longer than a request may take would take longer than anyone waits.
    if (clientWaits(api, version)) this.#pause.for(Math.min(throttled, this.#config.requestTimeout))
    this.#config.logger.debug('throttled by the broker', { request: api.name, milliseconds: throttled })
  }

  #late(timeout: number): void {
    this.#lose('TIMEOUT', `no answer within ${timeout} ms`)
  }

  /** The socket has ended: by an error, or null for a close. */
  #broken(error: NodeJS.ErrnoException | null): void {
    const failure = error === null || this.#lastAnswered !== null ? null : tlsFailure(error, this.address)
    const why = error === null ? 'the connection was closed' : (error.code ?? error.message)
    const hint = closingHint(this.#lastAnswered, this.#waiting[0]?.api.name ?? null, this.#config)
    if (failure !== null) this.fail(failure)
    else this.#lose('CONNECTION', why + hint)
  }

  /** Whatever was in flight may have been executed: nobody will ever know from here. */
  #lose(reason: 'CONNECTION' | 'TIMEOUT' | 'PROTOCOL', why: string): void {
    this.#end(
      (request) => lost(reason, request, why),
      (request) => unsent(request, why),
    )
  }

  #end(forSent: Tell, forHeld: Tell): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#pause.cancel()
    this.#socket.destroy()
    this.#connected.reject(forHeld('connect'))
    const [waiting, held] = [this.#waiting, this.#held]
    this.#waiting = []
    this.#held = []
    for (const { api, timer, counters, reject } of waiting) {
      timer?.cancel()
      counters.lost()
      reject(forSent(api.name))
    }
    for (const { api, reject } of held) reject(forHeld(api.name))
    this.#wakeWhenQuiet()
  }
}

/** A socket factory is the user's code, and may throw. */
function create(make: () => Connection): Connection {
  try {
    return make()
  } catch (error) {
    if (error instanceof KafkaError) throw error
    throw unsent('connect', error instanceof Error ? error.message : String(error), error)
  }
}
