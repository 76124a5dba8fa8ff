/**
 * A TCP proxy that keeps an abort back: its connection breaks for the client, not for the broker, and the abort goes on
 * when the next transaction of the same id has produced. Decided by frames alone, so nothing hangs on who is faster.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { FrameReader } from '../../src/kafka/native/connection/frames.ts'
import { EndTxn, Produce } from '../../src/wire/apis/index.ts'
import { type DecodedRequestHeader, decodeRequest, decodeRequestHeader } from '../../src/wire/codec.ts'

export interface HoldingProxy {
  readonly port: number
  /** How many aborts were kept back, and how many of them the broker has answered since. */
  readonly hits: { readonly held: number; readonly released: number }
  close(): Promise<void>
}

/** What the connections of one proxy share. */
interface Watch {
  readonly transactionalId: string
  readonly hits: { held: number; released: number }
  /** Sends the abort that is kept back, and resolves when the broker has answered it; null while none is. */
  release: (() => Promise<void>) | null
}

/**
 * Keeps the first abort of that transactional id back. The answer to the Produce that follows it comes after the broker
 * has answered the abort: what the client does next is behind both.
 * @example const proxy = await holdAbort('127.0.0.1:9092', 'writer')
 */
export async function holdAbort(target: string, transactionalId: string): Promise<HoldingProxy> {
  const [host = '', port = ''] = target.split(':')
  const sockets = new Set<Socket>()
  const watch: Watch = { transactionalId, hits: { held: 0, released: 0 }, release: null }
  const server = createServer((client) => {
    const broker = connect({ host, port: Number(port), noDelay: true })
    for (const socket of [client, broker]) socket.on('close', () => sockets.delete(socket))
    sockets.add(client).add(broker)
    new Passage(client, broker, watch).open()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    hits: watch.hits,
    async close() {
      const closed = once(server.close(), 'close')
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** One connection of the client, and what stands for it in front of the broker. */
class Passage {
  readonly #client: Socket
  readonly #broker: Socket
  readonly #watch: Watch
  /** Correlation ids of what the next transaction produces. */
  readonly #produced = new Set<number>()
  /** Resolves with the answer to the abort that is kept back here; null: none is. */
  #abort: PromiseWithResolvers<void> | null = null
  #answered: Promise<void> = Promise.resolve()

  constructor(client: Socket, broker: Socket, watch: Watch) {
    this.#client = client
    this.#broker = broker
    this.#watch = watch
  }

  open(): void {
    const requests = new FrameReader((frame) => this.#request(frame))
    const answers = new FrameReader((frame) => {
      // In their order, also where one of them waits for the abort.
      this.#answered = this.#answered.then(() => this.#answer(frame))
    })
    this.#client.on('data', (chunk) => requests.push(chunk))
    this.#broker.on('data', (chunk) => answers.push(chunk))
    const end = (): void => {
      this.#client.destroy()
      if (this.#abort === null) this.#broker.destroy()
    }
    for (const socket of [this.#client, this.#broker]) socket.on('error', end).on('close', end)
  }

  #request(frame: Buffer): void {
    const { hits, release } = this.#watch
    if (this.#abort !== null) return
    const header = decodeRequestHeader(frame)
    if (hits.held === 0 && this.#isAbort(header, frame)) {
      this.#keep(frame)
      return
    }
    if (release !== null && this.#isProduce(header, frame)) this.#produced.add(header.correlationId)
    send(this.#broker, frame)
  }

  #keep(frame: Buffer): void {
    const answer = Promise.withResolvers<void>()
    this.#abort = answer
    this.#watch.hits.held++
    this.#watch.release = async () => {
      this.#watch.release = null
      send(this.#broker, frame)
      await answer.promise
      this.#watch.hits.released++
    }
    this.#client.destroy()
  }

  async #answer(frame: Buffer): Promise<void> {
    if (this.#abort !== null) {
      this.#abort.resolve()
      return
    }
    if (this.#produced.delete(frame.readInt32BE(0))) await this.#watch.release?.()
    send(this.#client, frame)
  }

  #isAbort({ apiKey, apiVersion, bodyOffset }: DecodedRequestHeader, frame: Buffer): boolean {
    if (apiKey !== EndTxn.key) return false
    const { transactionalId, committed } = decodeRequest(EndTxn, apiVersion, frame, bodyOffset)
    return transactionalId === this.#watch.transactionalId && !committed
  }

  #isProduce({ apiKey, apiVersion, bodyOffset }: DecodedRequestHeader, frame: Buffer): boolean {
    if (apiKey !== Produce.key) return false
    return decodeRequest(Produce, apiVersion, frame, bodyOffset).transactionalId === this.#watch.transactionalId
  }
}

function send(socket: Socket, frame: Buffer): void {
  const size = Buffer.alloc(4)
  size.writeInt32BE(frame.length)
  socket.write(Buffer.concat([size, frame]))
}
