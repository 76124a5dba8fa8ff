/** The client most Node programs use, against our registry. */
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { expect, test } from 'vitest'
import { record, registryUnderTest, textOf } from './tools.ts'

const registry = await registryUnderTest()
const client = (): SchemaRegistry => new SchemaRegistry({ host: registry.url, retry: { retries: 0 } })
const avro = (schema: object) => ({ type: SchemaType.AVRO as const, schema: textOf(schema) })

test('registers, encodes, decodes; another client finds the schema by its id', async () => {
  const writer = client()
  const { id } = await writer.register(avro(record({ id: 'string', total: 'double' })), { subject: 'orders-value' })
  const bytes = await writer.encode(id, { id: 'a', total: 1.5 })
  expect([...bytes.subarray(0, 5)]).toEqual([0, 0, 0, 0, id])
  expect({ ...(await client().decode(bytes)) }).toEqual({ id: 'a', total: 1.5 })
  expect(await client().getLatestSchemaId('orders-value')).toBe(id)
  expect(await client().getRegistryIdBySchema('orders-value', avro(record({ id: 'string', total: 'double' })))).toBe(id)
  expect((await registry.ask('GET', '/config/orders-value')).body).toEqual({ compatibilityLevel: 'BACKWARD' })
})

test('a later version may be registered where it reads the former, and nothing else', async () => {
  const options = { subject: 'evolving-value' }
  const first = await client().register(avro(record({ id: 'string' })), options)
  const second = await client().register(avro(record({ id: 'string', note: { type: 'string', default: '' } })), options)
  expect(second.id).toBeGreaterThan(first.id)
  expect((await client().register(avro(record({ id: 'string' })), options)).id).toBe(first.id)
  await expect(client().register(avro(record({ id: 'int' })), options)).rejects.toMatchObject({ status: 409 })
  const old = await client().encode(first.id, { id: 'a' })
  const reader = record({ id: 'string', note: { type: 'string', default: 'none' } })
  const read = await client().decode(old, { [SchemaType.AVRO]: { readerSchema: reader as never } })
  expect({ ...read }).toEqual({ id: 'a', note: 'none' })
})

test('another level than the one the subject has is refused by the client itself', async () => {
  const subject = 'levels-value'
  await client().register(avro(record({ id: 'string' })), { subject, compatibility: COMPATIBILITY.FULL })
  expect((await registry.ask('GET', `/config/${subject}`)).body).toEqual({ compatibilityLevel: 'FULL' })
  await expect(client().register(avro(record({ id: 'string' })), { subject })).rejects.toThrow('BACKWARD != FULL')
})

test('JSON Schema, and references', async () => {
  const city = { $id: 'city.json', type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
  await client().register({ type: SchemaType.JSON, schema: textOf(city) }, { subject: 'city' })
  const schema = textOf({ type: 'object', properties: { at: { $ref: 'city.json' } } })
  const references = [{ name: 'city.json', subject: 'city', version: 1 }]
  const { id } = await client().register({ type: SchemaType.JSON, schema, references }, { subject: 'person' })
  const bytes = await client().encode(id, { at: { name: 'Ulm' } })
  expect(await client().decode(bytes)).toEqual({ at: { name: 'Ulm' } })
  await expect(client().encode(id, { at: {} })).rejects.toThrow()
})
