/** The whole broker crashes and comes back at the same addresses, with what its directory holds. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker } from '../../src/broker/index.ts'
import { ApiVersions, Fetch } from '../../src/wire/apis/index.ts'
import { errorCode, errorName } from '../../src/wire/errors.ts'
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

test.each(['on disk', 'in memory'])('what a test does to the broker outlives the crash: %s', async (kind) => {
  if (kind === 'on disk') await start('none')
  else {
    broker = await startBroker({ nodes: 2, requestLog: 10 })
    client = clientOf(broker, 1)
    await createTopic(client, 't', { on: [[1, 2]] })
  }
  const { faults } = broker
  const failing = faults.intercept({ api: 'Produce' }, faultActions.error(errorCode.REQUEST_TIMED_OUT))
  const mend = broker.partition('cut', 1)
  await crash(false)
  expect(broker.faults).toBe(faults)
  expect([await write(client, 't', ['a']), await write(client, 't', ['a'])]).toEqual(['REQUEST_TIMED_OUT', '@0'])
  expect([failing.hits, faults.unhit()]).toEqual([1, []])
  const cut = clientOf(broker, 1, 'cut')
  const behind = cut.send(ApiVersions, 0, {})
  await client.send(ApiVersions, 0, {})
  expect(broker.requests({ clientId: 'cut' })).toEqual([])
  mend()
  expect((await behind).errorCode).toBe(0)
  cut.close()
})

test('in memory too a reader has to begin its session anew', async () => {
  broker = await startBroker()
  client = clientOf(broker, 1)
  await createTopic(client, 't')
  const topics = [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000 }] }]
  const asked = { maxWaitMs: 0, minBytes: 0, maxBytes: 1_000, isolationLevel: 0 }
  const { sessionId } = await client.send(Fetch, 12, { ...asked, sessionId: 0, sessionEpoch: 0, topics })
  expect(sessionId).toBeGreaterThan(0)
  await crash(false)
  const { errorCode: code } = await client.send(Fetch, 12, { ...asked, sessionId, sessionEpoch: 1, topics: [] })
  expect(errorName(code)).toBe('FETCH_SESSION_ID_NOT_FOUND')
})
