/** The whole broker crashes and comes back at the same addresses, with what its directory holds. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import type { WireClient } from './wire-client.ts'
import { clientOf, createTopic, fetchFrom, initialise, partitionsOf, write } from './wire-tools.ts'

let directory: string
let broker: EmbeddedBroker
let client: WireClient

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-crash-'))
})
afterEach(async () => {
  client.close()
  await broker.close()
  await rm(directory, { recursive: true })
})

async function start(flush: 'none' | 'always'): Promise<void> {
  broker = await startBroker({ nodes: 2, directory, flush, requestLog: 10 })
  client = clientOf(broker, 1)
  await createTopic(client, 't', { on: [[1, 2]] })
}

async function crash(loseUnsynced: boolean): Promise<void> {
  await broker.crashRestart({ loseUnsynced })
  await client.closed
  client = clientOf(broker, 1)
}

test.each([
  ['killed, everything written is there', 'none', false, 2],
  ['without power, what was flushed is there', 'always', true, 2],
] as const)('%s', async (_, flush, loseUnsynced, kept) => {
  await start(flush)
  const ports = broker.nodes.map(({ port }) => port)
  const { producerId, producerEpoch } = await initialise(client, 'x')
  await write(client, 't', ['a'])
  await write(client, 't', ['b'])
  await crash(loseUnsynced)
  expect(broker.nodes.map(({ port }) => port)).toEqual(ports)
  expect(await partitionsOf(client, 't')).toMatchObject([{ leaderId: 1 }])
  expect((await fetchFrom(client, 't')).highWatermark).toBe(kept)
  expect(await initialise(client, 'x')).toMatchObject({ producerId, producerEpoch: producerEpoch + 1, errorCode: 0 })
  expect(broker.requests({ api: 'Produce' })).toHaveLength(2)
})

test('without power, what was not flushed is lost', async () => {
  await start('always')
  await write(client, 't', ['a'])
  client.close()
  await broker.close()
  broker = await startBroker({ nodes: 2, directory, flush: 'none' })
  client = clientOf(broker, 1)
  expect(await write(client, 't', ['b'])).toBe('@1')
  await crash(true)
  expect((await fetchFrom(client, 't')).highWatermark).toBe(1)
})

test('a node that was dead before lives afterwards', async () => {
  await start('none')
  await broker.killNode(2)
  await crash(false)
  expect(broker.nodes.map(({ state }) => state)).toEqual(['running', 'running'])
})
