/** The steps of `examples/5-avro/README.md`, on free ports. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { connectTool } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'
import { avro, memoryRegistry } from '../../src/serde/registry/avro.ts'
import { millrace, start } from '../cli/command.ts'

const example = fileURLToPath(new URL('../../examples/5-avro/', import.meta.url))
const spent = {
  type: 'record',
  name: 'Spent',
  fields: [{ name: 'byCurrency', type: { type: 'map', values: 'double' } }],
} as const

test('orders of both versions are written, counted and read, with a broker and a registry', async () => {
  const broker = start(['broker', '--port', '0'])
  const [, brokers = ''] = await broker.says(/^ready (.*)$/m)
  const registry = start(['registry', '--port', '0', '--brokers', brokers])
  const [, url = ''] = await registry.says(/^ready (.*)$/m)
  const environment = { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY: url }
  expect(await millrace(['topics', 'create', 'orders', 'totals', '--partitions', '1'], environment)).toMatchObject({
    code: 0,
  })
  await promisify(execFile)(process.execPath, [`${example}produce.ts`], { env: { ...process.env, ...environment } })
  const { code, stderr } = await millrace(['run', `${example}topology.ts`, '--until', 'end'], environment)
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/spending/) })
  const versions = await fetch(`${url}/subjects/orders-value/versions`)
  expect(await versions.json()).toEqual([1, 2])

  const kafka = await connectTool(brokers, 'test')
  const values: Buffer[] = []
  for await (const { value } of committedRecords(kafka, 'totals')) values.push(value!)
  await kafka.close()
  registry.kill('SIGTERM')
  broker.kill('SIGTERM')
  await Promise.all([registry.ended, broker.ended])
  // What follows the id of the schema is plain Avro.
  const reader = avro({ registry: memoryRegistry({ [values.at(-1)!.readInt32BE(1)]: spent }), schema: spent })
  expect(reader.decode(values.at(-1)!, 0, values.at(-1)!.length)).toEqual({ byCurrency: { EUR: 15, CHF: 7 } })
})
