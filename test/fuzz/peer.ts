/** A broker that cannot be trusted: what it answers is right, nearly right, or made to hurt. */
import { createServer, type Server, type Socket } from 'node:net'
import { type Random, randomInteger } from '../../src/random.ts'
import { apis } from '../../src/wire/apis/index.ts'
import { decodeRequestHeader, encodeResponse, isFlexible } from '../../src/wire/codec.ts'
import type { Api } from '../../src/wire/schema.ts'
import { randomRecords } from './hostile-records.ts'
import { framed, mutate, randomBytes } from './mutations.ts'
import { plausible } from './plausible.ts'
import { chance, pick, randomMessage } from './random-message.ts'

export interface Peer {
  readonly address: string
  /** From now on answers are drawn from this. */
  use(random: Random): void
  close(): void
}

const words = ['plain', 'group', 'member', 'range', 'consumer', '127.0.0.1', '']

export async function startPeer(random: Random): Promise<Peer> {
  let source = random
  let port = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let received = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const size = received.readInt32BE(0)
        answer(received.subarray(4, 4 + size), socket, port, source)
        received = received.subarray(4 + size)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address === 'object' && address !== null) port = address.port
  return {
    address: `127.0.0.1:${port}`,
    use: (next) => {
      source = next
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function answer(request: Buffer, socket: Socket, port: number, random: Random): void {
  const { apiKey, apiVersion, correlationId } = decodeRequestHeader(request)
  const api = apis.get(apiKey)
  const fate = random.next()
  if (fate < 0.02 || api === undefined) socket.destroy()
  else if (fate < 0.04) return
  else if (fate < 0.08) socket.write(framed(randomBytes(random, randomInteger(random, 0, 64)), random))
  else socket.write(reply(api, apiVersion, chance(random, 0.97) ? correlationId : correlationId + 1, port, random))
}

/** A whole reply with its size. The handshake is sound more often: behind it lies the rest. */
function reply(api: Api, version: number, correlationId: number, port: number, random: Random): Buffer {
  const known = plausible(api, { port, version })
  const isSound = known !== null && chance(random, 0.8)
  const body = isSound ? known : randomMessage(api.response, random, optionsOf(api, version))
  const bytes = encodeResponse(api, version, correlationId, body as never).subarray(4)
  return framed(chance(random, api.key === 18 ? 0.95 : 0.6) ? bytes : mutate(bytes, random), random)
}

function optionsOf(api: Api, version: number): Parameters<typeof randomMessage>[2] {
  return { version, flexible: isFlexible(api, version), words, records: (random) => pickRecords(random) }
}

/** Answers hold many batches, or parts of them. */
function pickRecords(random: Random): Buffer {
  return Buffer.concat(Array.from({ length: pick(random, [0, 1, 2, 3]) }, () => randomRecords(random)))
}
