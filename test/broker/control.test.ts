import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { ApiVersions } from '../../src/wire/apis/index.ts'
import type { WireClient } from './wire-client.ts'
import { clientOf, createTopic, initialise, partitionsOf, write } from './wire-tools.ts'

let broker: EmbeddedBroker
let client: WireClient

beforeEach(async () => {
  broker = await startBroker({ nodes: 2, control: 0, audit: true, requestLog: 100 })
  client = clientOf(broker, 1)
  await createTopic(client, 't', { on: [[1, 2]] })
})
afterEach(async () => {
  client.close()
  await broker.close()
})

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON came
  readonly body: any
}

function ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: broker.controlPort!, method, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text) }))
    })
    sent.on('error', reject)
    sent.end(typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body))
  })
}

const post = (path: string, body?: unknown): Promise<Answer> => ask('POST', path, body)
const get = async (path: string) => (await ask('GET', path)).body
const done = { status: 200, body: { done: true } }

describe('what is there', () => {
  test('is shown', async () => {
    await write(client, 't', ['a'])
    await initialise(client, 'x')
    expect(await get('/nodes')).toMatchObject([{ id: 1, state: 'running', isController: true }, { id: 2 }])
    const topics: readonly { name: string }[] = await get('/topics')
    expect(topics.find(({ name }) => name === 't')).toMatchObject({
      partitions: [{ partition: 0, leader: 1, replicas: [1, 2], endOffset: 1 }],
    })
    expect(await get('/audit')).toEqual({ violations: [], chains: 0, commits: 0 })
    const requests: readonly { api: string }[] = await get('/requests')
    expect(requests.map(({ api }) => api)).toContain('Produce')
    expect(await get('/groups')).toEqual([])
  })
})

describe('what is done', () => {
  test('to nodes', async () => {
    expect(await post('/nodes/2/kill')).toEqual(done)
    expect(await get('/nodes')).toMatchObject([{}, { state: 'killed' }])
    expect(await post('/nodes/2/start')).toEqual(done)
    expect(await post('/nodes/2/pause')).toEqual(done)
    expect(await get('/nodes')).toMatchObject([{}, { state: 'paused' }])
    expect(await post('/nodes/2/resume')).toEqual(done)
    const second = clientOf(broker, 2)
    expect((await second.send(ApiVersions, 0, {})).errorCode).toBe(0)
    second.close()
  })

  test('to partitions and coordinators', async () => {
    for (const value of ['k=1', 'k=2', 'k=3']) await write(client, 't', [value])
    expect(await post('/partitions/t/0/truncate', { offset: 2 })).toEqual(done)
    expect(await post('/partitions/t/0/roll')).toEqual(done)
    expect(await post('/partitions/t/0/compact')).toEqual(done)
    expect(await post('/partitions/t/0/move', { node: 2 })).toEqual(done)
    expect(await partitionsOf(client, 't')).toMatchObject([{ leaderId: 2, leaderEpoch: 2 }])
    expect(await post('/coordinators/move', { group: 'g', node: 2 })).toEqual(done)
    expect(await post('/coordinators/move', { transactionalId: 'x', node: 1, loadingMilliseconds: 0 })).toEqual(done)
    expect((await post('/transactions/x/expire')).status).toBe(404)
  })

  test('to requests', async () => {
    const action = { kind: 'error', code: 'NOT_LEADER_OR_FOLLOWER' }
    expect(await post('/faults', { match: { api: 'Produce', topic: 't' }, action })).toEqual(done)
    expect((await get('/faults')).unhit).toEqual([{ api: 'Produce', topic: 't' }])
    expect(await write(client, 't', ['a'])).toBe('NOT_LEADER_OR_FOLLOWER')
    expect(await get('/faults')).toEqual({ active: [], unhit: [] })
    const steps = [
      [
        { kind: 'delay', milliseconds: 1 },
        { kind: 'error', code: 7 },
      ],
      { kind: 'throttle', milliseconds: 1 },
    ]
    await post('/faults', { match: { api: 'Produce' }, steps })
    expect([await write(client, 't', ['a']), await write(client, 't', ['a'])]).toEqual(['REQUEST_TIMED_OUT', '@0'])
    await post('/faults', { action: { kind: 'closeBefore' } })
    expect(await ask('DELETE', '/faults')).toEqual(done)
    expect(await write(client, 't', ['a'])).toBe('@1')
  })
})

describe('what cannot be done says why', () => {
  test.each([
    ['GET', '/nothing', undefined, 404, 'POST /nodes/*/kill'],
    ['GET', '/nodes/1/kill', undefined, 405, 'POST'],
    ['POST', '/nodes/9/kill', undefined, 409, 'no node 9'],
    ['POST', '/nodes/one/kill', undefined, 400, 'not a number'],
    ['POST', '/partitions/t/4/roll', undefined, 409, 't-4'],
    ['POST', '/partitions/t/0/move', {}, 400, '"node"'],
    ['POST', '/faults', { action: { kind: 'fire' } }, 400, 'closeAfter'],
    ['POST', '/faults', { match: { colour: 'red' }, action: { kind: 'drop' } }, 400, 'colour'],
    ['POST', '/faults', '{', 400, 'not JSON'],
    ['POST', '/coordinators/move', { node: 1 }, 400, '"group"'],
    ['POST', '/%zz', undefined, 400, 'encoded'],
  ])('%s %s %j', async (method, path, body, status, text) => {
    const answer = await ask(method, path, body)
    expect([answer.status, answer.body.error]).toEqual([status, expect.stringContaining(text)])
  })

  test('a web page may do nothing', async () => {
    const { status } = await ask('POST', '/nodes/1/kill', {}, { origin: 'http://example.com' })
    expect([status, broker.nodes[0]!.state]).toEqual([403, 'running'])
  })
})
