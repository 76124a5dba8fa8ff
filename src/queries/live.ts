/** Live subscriptions: one socket of a client, fed by the rows of this thread and by other workers. */
import { WebSocket } from 'ws'
import { toError } from '../faults.ts'
import type { Asker } from './answer.ts'
import { type CatalogStore, partitionOfKey } from './catalog.ts'
import type { Place } from './desk.ts'
import { Follow, type Follower } from './follow.ts'
import { beat, expectBeats } from './heartbeat.ts'
import { type PeerOptions, peerHeaders, targetOf } from './http-peer.ts'
import type { Where } from './layouts/layout.ts'
import type { Question } from './question.ts'
import { badRequest } from './refusal.ts'
import { forwarded, whereOf } from './wanted.ts'

/** With more than this unsent a client is too slow for the changes there are. */
const mostUnsentBytes = 4_194_304
/** With more than this unsent no more is taken from another worker. */
const pausedBytes = 524_288
/** `1013 Try again later` of the protocol's registry: whoever is closed with it subscribes anew. */
export const tryAgain = 1013
const longestReason = 120

/** A subscription whose parts are known to be askable; nothing is sent before `start`. */
export interface LiveQuestion {
  readonly parts: readonly { readonly place: Place; readonly question: Question; readonly where: Where }[]
}

/** @throws Refusal as `answer` does */
export function liveQuestion({ desk, isPeer }: Asker, question: Question): LiveQuestion {
  const store = desk.store(question.store!)
  if (question.at !== null || question.cursor !== null) throw badRequest('What is live has no cursor and no past time')
  const where = whereOf(store, question)
  const parts = partitionsOf(store, question, where).map((partition) => {
    const place = desk.place(store, partition, { standbyOk: question.standbyOk, isPeer })
    return { place, question: { ...forwarded(store, question, where), partition }, where }
  })
  return { parts }
}

function partitionsOf(store: CatalogStore, { partition }: Question, { key }: Where): number[] {
  const { name, partitions } = store
  if (partition !== null && partition >= partitions)
    throw badRequest(`${name} has ${partitions} partitions: there is no ${partition}`)
  if (partition !== null) return [partition]
  return key === null ? Array.from({ length: partitions }, (_, each) => each) : [partitionOfKey(store, key)]
}

/** Feeds a socket until it is closed. One part that ends ends them all: what is subscribed to is never silently less. */
export function startLive(socket: WebSocket, { parts }: LiveQuestion, { token, clock }: PeerOptions): void {
  const ends: (() => void)[] = []
  const follower = followerOf(socket)
  beat(socket, clock)
  socket.on('close', () => {
    for (const end of ends) end()
  })
  socket.on('error', () => undefined)
  // Clients have nothing to say.
  socket.on('message', () => socket.close(1008, 'nothing is expected here'))
  const follows: Follow[] = []
  for (const { place, question, where } of parts) {
    if (place.kind === 'there') ends.push(relay(place.address, question, { socket, follower, token, clock }))
    else follows.push(new Follow({ held: place.held, where, format: question.format, follower }))
  }
  ends.push(() => {
    for (const follow of follows) follow.end('the client has gone')
  })
  void beginAll(follows)
}

/** One after another: a client is given no more rows than it takes, however many parts there are. */
async function beginAll(follows: readonly Follow[]): Promise<void> {
  for (const follow of follows) {
    await follow.begin().catch((error: unknown) => follow.end(toError(error).message))
  }
}

function followerOf(socket: WebSocket): Follower {
  const isOpen = (): boolean => socket.readyState === WebSocket.OPEN
  return {
    sendRow(message) {
      if (isOpen()) socket.send(JSON.stringify(message))
    },
    sendChange(message) {
      if (!isOpen() || socket.bufferedAmount > mostUnsentBytes) return false
      socket.send(JSON.stringify(message))
      return true
    },
    taken: () => new Promise((resolve) => (isOpen() ? socket.ping(undefined, undefined, () => resolve()) : resolve())),
    ended: (why) => {
      if (isOpen()) socket.close(tryAgain, reasonOf(why))
    },
  }
}

interface Downstream extends PeerOptions {
  readonly socket: WebSocket
  readonly follower: Follower
}

/** What another worker sends goes on as it is, no faster than the client takes it: so that worker knows how fast it is. */
function relay(address: string, question: Question, { socket, follower, token, clock }: Downstream): () => void {
  const url = `${address.replace(/^http/, 'ws')}${targetOf(question, true)}`
  const upstream = new WebSocket(url, { headers: peerHeaders(token) })
  expectBeats(upstream, clock)
  upstream.on('message', (data) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(String(data))
    if (socket.bufferedAmount <= pausedBytes || upstream.isPaused) return
    upstream.pause()
    void follower.taken().then(() => upstream.resume())
  })
  upstream.on('close', (_code, reason) => follower.ended(String(reason) || 'the worker that has the rows went away'))
  upstream.on('error', (error) => follower.ended(`the worker at ${address} does not answer: ${error.message}`))
  return () => upstream.terminate()
}

/** At most 123 bytes fit a closing frame. */
function reasonOf(why: string): string {
  const plain = why.replace(/[^\x20-\x7e]/g, '?')
  return plain.length <= longestReason ? plain : `${plain.slice(0, longestReason - 1)}.`
}
