/** Ends of a connection that vanish without a word. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { queryClient } from '../../src/queries/index.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'
import { until } from '../contracts/tools.ts'
import { built, served, totals } from './servers.ts'

const beat = { seconds: 30 }

async function connected(address: string, autoPong: boolean): Promise<WebSocket> {
  const socket = new WebSocket(`${address.replace('http', 'ws')}/stores/totals/live`, { autoPong })
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return socket
}

test('a client that answers no beat is forgotten, one that does is kept', async () => {
  const clock = new VirtualClock()
  const { server } = await served([0, 1, 2, 3], {}, clock)
  const gone = await connected(server.address, false)
  const there = await connected(server.address, true)
  const forgotten = once(gone, 'close')
  for (let beats = 1; beats <= 5; beats++) {
    const heard = beats <= 4 ? [once(gone, 'ping'), once(there, 'ping')] : [once(there, 'ping')]
    await clock.advance(beat)
    await Promise.all(heard)
    // Its answer has arrived when the server answers the next word.
    there.ping()
    await once(there, 'pong')
  }
  await forgotten
  expect(there.readyState).toBe(WebSocket.OPEN)
  there.terminate()
  await server.close()
  await until('no timer is left', () => clock.pending === 0)
})

test('a server that is not heard any more is left, and asked anew', async () => {
  const silent = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => new Promise((resolve) => silent.close(() => resolve())))
  onTestFinished(() => {
    for (const socket of silent.clients) socket.terminate()
  })
  await once(silent, 'listening')
  const clock = new VirtualClock()
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const stopping = new AbortController()
  const events = queryClient(built, { url, clock })
    .store(totals)
    .live({ signal: stopping.signal })
    [Symbol.asyncIterator]()
  const connects = once(silent, 'connection')
  const event = events.next()
  const [socket] = (await connects) as [WebSocket]
  socket.ping()
  await once(socket, 'pong')
  const left = once(socket, 'close')
  await clock.advance({ seconds: 90 })
  expect(socket.readyState).toBe(WebSocket.OPEN)
  await clock.advance({ seconds: 90 })
  expect((await event).value).toMatchObject({ type: 'lost' })
  await left
  stopping.abort()
  await events.return?.()
})
