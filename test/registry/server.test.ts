/** The rules of the REST interface, asked over HTTP. */
import { describe, expect, test } from 'vitest'
import { record, registryUnderTest, textOf } from './tools.ts'

const registry = await registryUnderTest({ maxBodyBytes: 16_384 })
const { ask, register } = registry

describe('registering', () => {
  test('the same schema keeps its id and version, whatever its white space', async () => {
    expect(await register('same', '{"type": "string"}')).toEqual({ status: 200, body: { id: expect.any(Number) } })
    const first = await ask('GET', '/subjects/same/versions/latest')
    await register('same', '  "string"')
    await register('same', 'string')
    expect(await ask('GET', '/subjects/same/versions/latest')).toEqual(first)
    expect(first.body).toEqual({ subject: 'same', version: 1, id: expect.any(Number), schema: '"string"' })
  })

  test('the same schema under another subject has the same id, another a higher one', async () => {
    const one = await register('ids-1', record({ a: 'int' }))
    const two = await register('ids-2', record({ a: 'int' }))
    const three = await register('ids-2', record({ a: 'long' }))
    expect(two.body).toEqual(one.body)
    expect((three.body as { id: number }).id).toBeGreaterThan((one.body as { id: number }).id)
    expect((await ask('GET', `/schemas/ids/${(one.body as { id: number }).id}/versions`)).body).toEqual([
      { subject: 'ids-1', version: 1 },
      { subject: 'ids-2', version: 1 },
    ])
  })

  test('a schema that readers of the former could not stand is refused with 409', async () => {
    await register('strict', record({ id: 'string' }))
    const answer = await register('strict', record({ id: 'string', total: 'double' }))
    expect(answer).toMatchObject({ status: 409, body: { error_code: 409 } })
    expect(textOf(answer.body)).toContain('READER_FIELD_MISSING_DEFAULT_VALUE')
    expect((await ask('GET', '/subjects/strict/versions')).body).toEqual([1])
  })

  test.each([
    ['not JSON', '{"type":'],
    ['empty', ''],
    ['unknown name', '{"type":"record","name":"A","fields":[{"name":"b","type":"B"}]}'],
    ['no fields', '{"type":"record","name":"A"}'],
    ['bad default', '{"type":"record","name":"A","fields":[{"name":"b","type":"int","default":"x"}]}'],
    ['a symbol twice', '{"type":"enum","name":"E","symbols":["A","A"]}'],
    ['a name twice', '["null",{"type":"fixed","name":"F","size":1},{"type":"enum","name":"F","symbols":[]}]'],
    ['a union in a union', '["null",["int"]]'],
    ['a bad name', '{"type":"record","name":"1A","fields":[]}'],
    ['too deep', `${'{"type":"array","items":'.repeat(250)}"int"${'}'.repeat(250)}`],
  ])('refuses a schema that is %s with 42201', async (_what, schema) => {
    const answer = await ask('POST', '/subjects/bad/versions', { schema })
    expect(answer).toMatchObject({ status: 422, body: { error_code: 42201 } })
  })

  test('refuses Protobuf, metadata and ids by name', async () => {
    const proto = await ask('POST', '/subjects/p/versions', { schemaType: 'PROTOBUF', schema: 'syntax = "proto3";' })
    expect(proto.body).toEqual({
      error_code: 42201,
      message: 'Invalid schema: the type PROTOBUF is not served by this registry, only AVRO, JSON',
    })
    expect((await register('p', 'string', { metadata: {} })).body).toMatchObject({ error_code: 42201 })
    expect((await register('p', 'string', { id: 7 })).body).toMatchObject({ error_code: 42205 })
    expect((await register('p', 'string', { metadata: null, ruleSet: null, id: -1 })).status).toBe(200)
  })

  test('normalize puts what has no order into one', async () => {
    const one = { type: 'long', 'z-note': 1, logicalType: 'timestamp-millis' }
    const other = { type: 'long', logicalType: 'timestamp-millis', 'z-note': 1 }
    await ask('POST', '/subjects/normal/versions?normalize=true', { schema: textOf(one) })
    await ask('POST', '/subjects/normal/versions?normalize=true', { schema: textOf(other) })
    expect((await ask('GET', '/subjects/normal/versions')).body).toEqual([1])
    expect((await ask('POST', '/subjects/normal', { schema: textOf(one) })).body).toMatchObject({ error_code: 40403 })
    expect((await ask('POST', '/subjects/normal?normalize=true', { schema: textOf(one) })).status).toBe(200)
  })
})

describe('reading', () => {
  test('finds what is there, and says what is not', async () => {
    await register('reading', record({ a: 'int' }))
    expect((await ask('GET', '/schemas/types')).body).toEqual(['AVRO', 'JSON'])
    expect((await ask('GET', '/subjects/reading/versions/1/schema')).body).toEqual(
      record({ a: 'int' }, { fields: [{ name: 'a', type: 'int' }] }),
    )
    expect(await ask('GET', '/subjects/nobody/versions')).toMatchObject({ status: 404, body: { error_code: 40401 } })
    expect(await ask('GET', '/subjects/nobody/versions/1')).toMatchObject({ status: 404, body: { error_code: 40401 } })
    expect(await ask('GET', '/subjects/reading/versions/9')).toMatchObject({ status: 404, body: { error_code: 40402 } })
    expect(await ask('GET', '/subjects/reading/versions/x')).toMatchObject({ status: 422, body: { error_code: 42202 } })
    expect(await ask('GET', '/schemas/ids/99999')).toMatchObject({ status: 404, body: { error_code: 40403 } })
    expect(await ask('GET', '/schemas/ids/x')).toMatchObject({ status: 404, body: { error_code: 40403 } })
    expect(await ask('POST', '/subjects/reading', { schema: '"int"' })).toMatchObject({
      status: 404,
      body: { error_code: 40403 },
    })
  })

  test('names of subjects may hold anything', async () => {
    await register('a/b c%', 'int')
    expect((await ask('GET', '/subjects?subjectPrefix=a/b')).body).toEqual(['a/b c%'])
    expect((await ask('GET', `/subjects/${encodeURIComponent('a/b c%')}/versions`)).body).toEqual([1])
  })
})

describe('deleting', () => {
  test('softly first, then for good; ids live as long as anything uses them, and never come back', async () => {
    const { id } = (await register('gone', record({ gone: 'int' }))).body as { id: number }
    expect((await ask('DELETE', '/subjects/gone?permanent=true')).body).toMatchObject({ error_code: 40405 })
    expect((await ask('DELETE', '/subjects/gone')).body).toEqual([1])
    expect((await ask('DELETE', '/subjects/gone')).body).toMatchObject({ error_code: 40404 })
    expect((await ask('GET', '/subjects/gone/versions')).body).toMatchObject({ error_code: 40401 })
    expect((await ask('GET', '/subjects/gone/versions?deleted=true')).body).toEqual([1])
    expect((await ask('GET', '/subjects?deletedOnly=true')).body).toEqual(['gone'])
    expect((await ask('GET', `/schemas/ids/${id}`)).status).toBe(200)
    expect((await ask('DELETE', '/subjects/gone?permanent=true')).body).toEqual([1])
    expect((await ask('GET', `/schemas/ids/${id}`)).body).toMatchObject({ error_code: 40403 })
    const again = (await register('gone', record({ gone: 'int' }))).body as { id: number }
    expect(again.id).toBeGreaterThan(id)
  })

  test('a version that was deleted is not judged against, and registered again gets a new number', async () => {
    await register('versions', record({ a: 'int' }))
    expect((await ask('DELETE', '/subjects/versions/versions/1?permanent=true')).body).toMatchObject({
      error_code: 40407,
    })
    expect((await ask('DELETE', '/subjects/versions/versions/latest')).body).toBe(1)
    expect((await ask('DELETE', '/subjects/versions/versions/1')).body).toMatchObject({ error_code: 40406 })
    expect((await register('versions', 'string')).status).toBe(200)
    expect((await ask('GET', '/subjects/versions/versions')).body).toEqual([2])
    expect((await ask('DELETE', '/subjects/versions/versions/1?permanent=true')).body).toBe(1)
  })

  test('what others refer to stays', async () => {
    await register('address', {
      type: 'record',
      name: 'Address',
      namespace: 'shop',
      fields: [{ name: 'city', type: 'string' }],
    })
    const references = [{ name: 'shop.Address', subject: 'address', version: 1 }]
    const user = await register('customer', record({ at: 'Address' }), { references })
    expect(user.status).toBe(200)
    expect((await ask('GET', '/subjects/address/versions/1/referencedby')).body).toEqual([
      (user.body as { id: number }).id,
    ])
    expect((await ask('DELETE', '/subjects/address')).body).toMatchObject({ error_code: 42206 })
    expect((await ask('GET', '/subjects/customer/versions/1')).body).toMatchObject({ references })
    expect((await register('customer', record({ at: 'Address' }))).body).toMatchObject({ error_code: 42201 })
    const nowhere = [{ name: 'shop.Address', subject: 'address', version: 9 }]
    expect((await register('c', record({ at: 'Address' }), { references: nowhere })).body).toMatchObject({
      error_code: 42201,
    })
    await ask('DELETE', '/subjects/customer')
    expect((await ask('DELETE', '/subjects/address')).body).toEqual([1])
  })
})

describe('levels and modes', () => {
  test('a subject has the level of the registry until it has its own', async () => {
    expect((await ask('GET', '/config')).body).toEqual({ compatibilityLevel: 'BACKWARD' })
    expect((await ask('GET', '/config/lv')).body).toMatchObject({ error_code: 40408 })
    expect((await ask('GET', '/config/lv?defaultToGlobal=true')).body).toEqual({ compatibilityLevel: 'BACKWARD' })
    expect((await ask('PUT', '/config/lv', { compatibility: 'none' })).body).toEqual({ compatibility: 'NONE' })
    expect((await ask('GET', '/config/lv')).body).toEqual({ compatibilityLevel: 'NONE' })
    await register('lv', 'int')
    expect((await register('lv', 'string')).status).toBe(200)
    expect((await ask('DELETE', '/config/lv')).body).toEqual({ compatibilityLevel: 'NONE' })
    expect((await register('lv', 'int')).status).toBe(200)
    expect((await register('lv', 'boolean')).status).toBe(409)
    expect((await ask('PUT', '/config', { compatibility: 'SOME' })).body).toMatchObject({ error_code: 42203 })
  })

  test('transitive levels look at every version', async () => {
    await register('far', record({ a: 'int' }))
    await register('far', record({ a: 'int', b: { type: 'int', default: 0 } }))
    const third = { schema: textOf(record({ a: 'int', b: 'int' })) }
    expect((await ask('POST', '/compatibility/subjects/far/versions', third)).body).toEqual({ is_compatible: true })
    await ask('PUT', '/config/far', { compatibility: 'BACKWARD_TRANSITIVE' })
    const verdict = await ask('POST', '/compatibility/subjects/far/versions?verbose=true', third)
    expect(verdict.body).toMatchObject({ is_compatible: false })
    expect(textOf(verdict.body)).toContain('{oldSchemaVersion: 1}')
    expect((await ask('POST', '/compatibility/subjects/far/versions/2', third)).body).toEqual({ is_compatible: true })
    expect((await ask('POST', '/compatibility/subjects/far/versions/9', third)).body).toMatchObject({
      error_code: 40402,
    })
    expect((await ask('POST', '/compatibility/subjects/new/versions/latest', third)).body).toEqual({
      is_compatible: true,
    })
  })

  test('READONLY takes nothing, IMPORT takes ids and versions', async () => {
    await ask('PUT', '/mode/ro', { mode: 'READONLY' })
    expect((await register('ro', 'int')).body).toMatchObject({ error_code: 42205 })
    expect((await ask('DELETE', '/mode/ro')).body).toEqual({ mode: 'READONLY' })
    expect((await ask('PUT', '/mode/im', { mode: 'IMPORT' })).body).toEqual({ mode: 'IMPORT' })
    expect((await register('im', record({ im: 'int' }), { id: 700, version: 5 })).body).toEqual({ id: 700 })
    expect((await register('im', record({ im: 'long' }), { id: 700 })).body).toMatchObject({ error_code: 42207 })
    expect((await ask('GET', '/subjects/im/versions')).body).toEqual([5])
    expect((await ask('PUT', '/mode', { mode: 'IMPORT' })).body).toMatchObject({ error_code: 42205 })
    expect((await ask('PUT', '/mode', { mode: 'WRITE' })).body).toMatchObject({ error_code: 42204 })
    expect((await ask('GET', '/mode/unset')).body).toMatchObject({ error_code: 40409 })
    expect((await register('after', record({ after: 'int' }))).body).toEqual({ id: 701 })
  })
})

describe('requests that are wrong', () => {
  test.each([
    ['unknown path', 'GET', '/nothing/here', undefined, 404],
    ['wrong method', 'PUT', '/subjects', undefined, 405],
    ['not JSON', 'POST', '/subjects/x/versions', '{', 400],
    ['no object', 'POST', '/subjects/x/versions', '[]', 400],
    ['bad path', 'GET', '/subjects/%E0%A4%A/versions', undefined, 400],
    ['too large', 'POST', '/subjects/x/versions', { schema: 'x'.repeat(20_000) }, 413],
    ['no schema', 'POST', '/subjects/x/versions', {}, 422],
    ['bad reference', 'POST', '/subjects/x/versions', { schema: '"int"', references: [null] }, 400],
  ])('%s', async (_what, method, path, body, status) => {
    const answer = await ask(method, path, body)
    expect(answer).toMatchObject({ status, body: { error_code: expect.any(Number), message: expect.any(String) } })
  })
})
