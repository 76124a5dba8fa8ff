/** The registry on the embedded broker. */
import { expect, onTestFinished, test } from 'vitest'
import { faultActions, startBroker } from '../../src/broker/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { connected, until } from '../contracts/tools.ts'
import { registryContract } from './kafka-contract.ts'
import { record, registryUnderTest } from './tools.ts'

registryContract('the embedded broker', async () => {
  const broker = await startBroker({ markerDelay: { minimum: 0, maximum: 15 } })
  return {
    brokers: broker.address,
    stop: () => broker.close(),
    compact: async (topic) => broker.compactNow(topic),
  }
})

test('a client without transactions is refused', async () => {
  const kafka = { features: { exactlyOnce: false } } as Kafka
  await expect(registryUnderTest({ kafka }, 'test')).rejects.toMatchObject({ code: 'MR2005' })
})

const lost = [
  ['EndTxn', 2],
  ['EndTxn', 0],
  ['Produce', 2],
  ['Produce', 0],
] as const

test.each(lost)(
  'a write whose %s (transaction.version %i) was executed and never answered is settled, then answered',
  async (api, transactionVersion) => {
    const broker = await startBroker({ features: { transactionVersion } })
    onTestFinished(() => broker.close())
    const kafka = await connected(broker.address)
    onTestFinished(() => kafka.close())
    const registry = await registryUnderTest({ kafka, topic: 'lost' }, 'test')
    await registry.register('s', record({ a: 'int' }))
    const fault = broker.faults.intercept({ api, times: 3 }, faultActions.closeAfter)
    expect((await registry.ask('DELETE', '/subjects/s')).body).toEqual([1])
    expect(fault.hits).toBeGreaterThan(0)
    fault.remove()
    expect((await registry.ask('GET', '/subjects?deleted=true')).body).toEqual(['s'])
    expect((await registry.ask('GET', '/subjects')).body).toEqual([])
  },
)

test('it can be closed while Kafka gives nothing to read, and a write waits for that', async () => {
  const broker = await startBroker()
  onTestFinished(() => broker.close())
  const kafka = await connected(broker.address)
  onTestFinished(() => kafka.close())
  const registry = await registryUnderTest({ kafka, topic: 'unread' }, 'test')
  await registry.register('s', record({ a: 'int' }))
  const unread = broker.faults.intercept({ api: 'Fetch', times: Number.POSITIVE_INFINITY }, faultActions.drop)
  await until('it asks for more', () => unread.hits > 0)
  const ended = broker.faults.intercept({ api: 'EndTxn' }, faultActions.delay(0))
  const written = registry.register('t', record({ a: 'int' })).catch(() => 'cut off')
  await until('it is written', () => ended.hits > 0)
  await registry.close()
  expect(await written).toBe('cut off')
})
