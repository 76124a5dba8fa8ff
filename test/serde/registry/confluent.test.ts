/** The registry over HTTP as serdes see it: what is a no, and what is a perhaps. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { avro } from '../../../src/serde/registry/avro.ts'
import { confluentSource } from '../../../src/serde/registry/confluent.ts'
import { RegistryRefusal, type SchemaText } from '../../../src/serde/registry/source.ts'
import { record, registryUnderTest, textOf } from '../../registry/tools.ts'

const registry = await registryUnderTest()
const source = confluentSource({ host: registry.url })
const avroText = (schema: unknown): SchemaText => ({ kind: 'AVRO', text: textOf(schema) })

const servers: ReturnType<typeof createServer>[] = []
afterAll(() => {
  for (const server of servers) server.closeAllConnections()
  for (const server of servers) server.close()
})

async function serverOf(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle)
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('on our registry', () => {
  test('registers what has no name, whatever the level of the subject, and leaves the level as it is', async () => {
    await registry.ask('PUT', '/config/key', { compatibility: 'FULL_TRANSITIVE' })
    const id = await source.register('key', avroText('"string"'))
    expect(await source.register('key', avroText('{"type":"string"}'))).toBe(id)
    expect(await source.find('key', avroText('"string"'))).toBe(id)
    expect((await registry.ask('GET', '/config/key')).body).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
    expect(await source.schema(id)).toMatchObject({ kind: 'AVRO' })
  })

  test('a no is a no', async () => {
    expect(await source.schema(4_711)).toBeNull()
    expect(await source.find('nobody', avroText('"int"'))).toBeNull()
    await source.register('refuses', avroText(record({ a: 'int' })))
    expect(await source.find('refuses', avroText('"int"'))).toBeNull()
    await expect(source.register('refuses', avroText('"int"'))).rejects.toThrow(RegistryRefusal)
    await expect(source.register('refuses', avroText('"itn"'))).rejects.toThrow(RegistryRefusal)
  })

  test('JSON Schemas of any draft, and several with one $id', async () => {
    for (const type of ['string', 'integer']) {
      const schema = {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'https://shop/x',
        type,
        strange: 1,
      }
      const { body } = await registry.register(`json-${type}`, schema, { schemaType: 'JSON' })
      expect(await source.schema((body as { id: number }).id)).toEqual({ kind: 'JSON' })
    }
  })

  test('a value whose schema refers to another subject', async () => {
    const part = { type: 'record', name: 'Part', namespace: 'shop', fields: [{ name: 'size', type: 'int' }] }
    await registry.register('part', part)
    const whole = { type: 'record', name: 'Whole', namespace: 'shop', fields: [{ name: 'part', type: 'shop.Part' }] }
    const references = [{ name: 'shop.Part', subject: 'part', version: 1 }]
    const { body } = await registry.register('whole', whole, { references })
    const { id } = body as { id: number }
    const reader = { ...whole, fields: [{ name: 'part', type: part }] } as const
    const serde = avro<{ part: { size: number } }>({ registry: source, schema: reader })
    const bytes = Buffer.from([0, 0, 0, 0, id, 14])
    await waitFor(() => serde.decode(bytes, 0, bytes.length))
    expect(serde.decode(bytes, 0, bytes.length).part.size).toBe(7)
  })
})

async function waitFor(decode: () => unknown): Promise<void> {
  try {
    decode()
  } catch (error) {
    await (error as { ready: Promise<void> }).ready
  }
}

describe('elsewhere', () => {
  test('nobody there, a failing server, a page that is no JSON: asked again later', async () => {
    const failing = await serverOf((_request, response) =>
      response.writeHead(503).end('{"error_code":50001,"message":"x"}'),
    )
    const busy = await serverOf((_request, response) => response.writeHead(429).end('{"message":"slow down"}'))
    const page = await serverOf((_request, response) => response.writeHead(200).end('<html>'))
    for (const host of ['http://127.0.0.1:1', failing, busy, page]) {
      const other = confluentSource({ host })
      const error = await other.register('s', avroText('"int"')).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(RegistryRefusal)
    }
    for (const host of ['http://127.0.0.1:1', failing]) {
      const other = confluentSource({ host })
      const error = await other.schema(1).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(RegistryRefusal)
    }
  })

  test('a registry that takes the request and says nothing', async () => {
    const silent = confluentSource({ host: await serverOf(() => undefined), requestTimeout: { milliseconds: 50 } })
    await expect(silent.register('s', avroText('"int"'))).rejects.toThrow('does not answer')
    await expect(silent.schema(1)).rejects.toThrow('Timeout')
  })

  test('name and password go with every request', async () => {
    const seen: (string | undefined)[] = []
    const host = await serverOf((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":3,"schema":"\\"int\\""}')
    })
    const other = confluentSource({ host, auth: { username: 'ann', password: 'secret' } })
    expect(await other.register('s', avroText('"int"'))).toBe(3)
    await other.schema(3)
    expect(seen).toEqual(Array(2).fill(`Basic ${Buffer.from('ann:secret').toString('base64')}`))
  })
})
