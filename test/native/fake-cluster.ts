/** Nodes that say what a test wants them to say: for what a real cluster does rarely. */
import { createServer, type Server, type Socket } from 'node:net'
import { FrameReader } from '../../src/kafka/native/connection/frames.ts'
import { ApiVersions } from '../../src/wire/apis/18-api-versions.ts'
import { apis, Metadata } from '../../src/wire/apis/index.ts'
import { decodeRequest, decodeRequestHeader, encodeResponse } from '../../src/wire/codec.ts'
import type { Api, Request, ResponseInput } from '../../src/wire/schema.ts'

/** What the cluster's metadata says of the one topic. */
export interface Leadership {
  leader: number
  epoch: number
}

export interface Asked {
  readonly node: number
  readonly api: string
  readonly body: unknown
}

type Handler = (body: unknown, node: number) => unknown

export interface FakeCluster {
  readonly brokers: readonly string[]
  /** By partition. A test changes them; clients hear of it when they ask. */
  readonly leaders: Leadership[]
  /** Every request but ApiVersions, in the order of arrival. */
  readonly asked: Asked[]
  /** How a request is answered; null: never; `cut`: the connection ends instead. */
  answer<A extends Api>(
    api: A,
    handler: (body: Request<A>, node: number) => ResponseInput<A> | Promise<ResponseInput<A>> | 'cut' | null,
  ): void
  count(api: Api, node?: number): number
  bodies<A extends Api>(api: A, node?: number): Request<A>[]
  close(): Promise<void>
}

export const topic = 'orders'
export const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** Speaks every API in our versions, Fetch with topic names. */
export async function fakeCluster(nodes: number, leaders: Leadership[]): Promise<FakeCluster> {
  const handlers = new Map<number, Handler>()
  const asked: Asked[] = []
  const sockets = new Set<Socket>()
  const servers = Array.from({ length: nodes }, (_, index) => serve(index + 1))
  const ports = await Promise.all(servers.map(listen))

  function serve(node: number): Server {
    return createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      // Answers of one connection keep their order.
      let turn: Promise<void> = Promise.resolve()
      const reader = new FrameReader((frame) => {
        turn = turn.then(() => reply(node, socket, frame))
      })
      socket.on('data', (chunk: Buffer) => reader.push(chunk))
    })
  }

  async function reply(node: number, socket: Socket, frame: Buffer): Promise<void> {
    const { apiKey, apiVersion, correlationId, bodyOffset } = decodeRequestHeader(frame)
    const api = apis.get(apiKey)!
    const body = decodeRequest(api, apiVersion, frame, bodyOffset)
    if (api !== ApiVersions) asked.push({ node, api: api.name, body })
    const answer = await handlers.get(apiKey)?.(body, node)
    if (answer === 'cut') socket.destroy()
    if (answer == null || socket.destroyed) return
    socket.write(encodeResponse(api, apiVersion, correlationId, answer as never))
  }

  const cluster: FakeCluster = {
    brokers: ports.map((port) => `127.0.0.1:${port}`),
    leaders,
    asked,
    answer: (api, handler) => void handlers.set(api.key, handler as Handler),
    count: (api, node) => ofApi(asked, api, node).length,
    bodies: (api, node) => ofApi(asked, api, node).map(({ body }) => body as never),
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
  cluster.answer(ApiVersions, () => ({ errorCode: 0, apiKeys: versions(), throttleTimeMs: 0 }))
  cluster.answer(Metadata, () => metadataOf(ports, leaders))
  return cluster
}

function ofApi(asked: readonly Asked[], api: Api, node?: number): Asked[] {
  return asked.filter((each) => each.api === api.name && (node === undefined || each.node === node))
}

function versions() {
  return [...apis.values()].map(({ key, versions: [minVersion, maxVersion] }) => ({
    apiKey: key,
    minVersion,
    maxVersion,
  }))
}

function metadataOf(ports: readonly number[], leaders: readonly Leadership[]): ResponseInput<typeof Metadata> {
  const partitions = leaders.map(({ leader, epoch }, partitionIndex) => ({
    errorCode: 0,
    partitionIndex,
    leaderId: leader,
    leaderEpoch: epoch,
    replicaNodes: [],
    isrNodes: [],
  }))
  return {
    throttleTimeMs: 0,
    brokers: ports.map((port, index) => ({ nodeId: index + 1, host: '127.0.0.1', port, rack: null })),
    clusterId: 'fake',
    controllerId: 1,
    topics: [{ errorCode: 0, name: topic, topicId, partitions }],
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}
