/** The registry on its topic: what it answered it still answers after a restart, and two on one topic agree. */
import { describe, expect, test } from 'vitest'
import { systemClock, turn } from '../../src/clock.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { suiteClients } from '../contracts/clients.ts'
import { type ContractBroker, unique, until, valuesOf } from '../contracts/tools.ts'
import { type RegistryUnderTest, record, registryUnderTest, textOf } from './tools.ts'

const everything = [
  '/subjects?deleted=true',
  '/schemas?deleted=true',
  '/schemas?latestOnly=true',
  '/config',
  '/config/kept?defaultToGlobal=true',
  '/mode/kept?defaultToGlobal=true',
  '/subjects/user/versions/1',
  '/subjects/kept/versions?deleted=true',
]
const allAnswers = (registry: RegistryUnderTest) => Promise.all(everything.map((path) => registry.ask('GET', path)))

export function registryContract(name: string, start: () => Promise<ContractBroker>): void {
  describe(`the registry on ${name}`, () => {
    const clients = suiteClients(start)
    const on = async (topic: string): Promise<RegistryUnderTest> =>
      await registryUnderTest({ kafka: await clients.client(), topic }, 'test')

    test('a restart gives the same answers, also after compaction', async () => {
      const topic = unique('schemas')
      const before = await on(topic)
      await before.ask('PUT', '/config', { compatibility: 'FORWARD' })
      await before.ask('PUT', '/config/kept', { compatibility: 'NONE' })
      for (const name of ['a', 'b', 'c']) await before.register('kept', record({ [name]: 'int' }))
      await before.ask('DELETE', '/subjects/kept/versions/2')
      await before.register('user', record({ at: 'shop.Part' }, { name: 'User' }))
      await before.register('part', { type: 'fixed', name: 'Part', namespace: 'shop', size: 4 })
      const references = [{ name: 'shop.Part', subject: 'part', version: 1 }]
      await before.register('user', record({ at: 'Part' }), { references })
      await before.register('json', { type: 'object' }, { schemaType: 'JSON' })
      await before.ask('PUT', '/mode/kept', { mode: 'READONLY' })
      await before.register('highest', record({ highest: 'int' }))
      await before.ask('DELETE', '/subjects/highest')
      await before.ask('DELETE', '/subjects/highest?permanent=true')
      const answers = await allAnswers(before)
      await before.close()

      const after = await on(topic)
      expect(await allAnswers(after)).toEqual(answers)
      await after.close()
      await clients.broker.compact(topic)
      const compacted = await on(topic)
      expect(await allAnswers(compacted)).toEqual(answers)
      // The id of what is gone for good does not come back.
      const highest = Math.max(
        ...((await compacted.ask('GET', '/schemas?deleted=true')).body as { id: number }[]).map(({ id }) => id),
      )
      expect((await compacted.register('next', record({ next: 'int' }))).body).toEqual({ id: highest + 2 })
    })

    test('records have the format of Confluent', async () => {
      const topic = unique('schemas')
      const registry = await on(topic)
      await registry.register('s', 'string')
      await registry.ask('PUT', '/config/s', { compatibility: 'FULL' })
      await registry.ask('DELETE', '/subjects/s')
      await until('all is written', async () => (await valuesOf(clients.kafka, { topic, partition: 0 })).length === 4)
      expect(await valuesOf(clients.kafka, { topic, partition: 0 })).toEqual([
        '{"subject":"s","version":1,"id":1,"schema":"\\"string\\"","deleted":false}',
        '{"compatibilityLevel":"FULL"}',
        '{"subject":"s","version":1}',
        null,
      ])
    })

    test('two on one topic: every id has one content, every version was answered once', async () => {
      const topic = unique('schemas')
      const [one, two] = [await on(topic), await on(topic)]
      await one.ask('PUT', '/config', { compatibility: 'NONE' })
      const names = Array.from({ length: 12 }, (_, index) => `f${index}`)
      const answers = await Promise.all(
        names.map((name, index) => (index % 2 === 0 ? one : two).register('shared', record({ [name]: 'int' }))),
      )
      expect(answers.filter(({ status }) => status !== 200)).toEqual([])
      const ids = answers.map(({ body }) => (body as { id: number }).id)
      expect(new Set(ids).size).toBe(names.length)
      for (const registry of [one, two]) {
        await until('it has read all', async () =>
          textOf(await registry.ask('GET', '/subjects/shared/versions')).includes('12'),
        )
        const schemas = (await registry.ask('GET', '/schemas')).body as {
          id: number
          version: number
          schema: string
        }[]
        expect(schemas.map(({ version }) => version)).toEqual(names.map((_, index) => index + 1))
        for (const [index, id] of ids.entries())
          expect(schemas.find((each) => each.id === id)!.schema).toContain(names[index])
      }
      // The same schema sent to both at once is one version.
      const same = await Promise.all([one, two].map((registry) => registry.register('same', 'int')))
      expect(same[0]!.body).toEqual(same[1]!.body)
      expect((await two.ask('GET', '/subjects/same/versions')).body).toEqual([1])
    })

    test('one that has not read yet what the other wrote does not write over it', async () => {
      const topic = unique('schemas')
      const one = await on(topic)
      await one.ask('PUT', '/config', { compatibility: 'NONE' })
      const gate = gated(await clients.client())
      const two = await registryUnderTest({ kafka: gate.kafka, topic }, 'test')
      gate.close()
      await one.register('s', record({ one: 'int' }))
      const answered = two.register('s', record({ two: 'int' }))
      await gate.held
      // Who does not wait for what it has not read has decided by now.
      await turn(systemClock)
      gate.open()
      expect((await answered).body).toEqual({ id: 2 })
      expect((await two.ask('GET', '/subjects/s/versions')).body).toEqual([1, 2])
      await until('one has read it', async () => textOf(await one.ask('GET', '/subjects/s/versions')).includes('[1,2]'))
    })

    test('a topic that is not compacted is refused', async () => {
      const topic = unique('schemas')
      const kafka = await clients.client()
      await kafka.topics.create([{ name: topic, partitions: 1, configs: { 'cleanup.policy': 'delete' } }])
      await expect(registryUnderTest({ kafka, topic })).rejects.toMatchObject({ code: 'MR2009' })
    })
  })
}

/** A client whose fetches can be held back: `held` resolves once a transaction has begun meanwhile. */
function gated(kafka: Kafka) {
  let [wait, open] = [Promise.resolve(), (): void => undefined]
  const { promise: held, resolve: hold } = Promise.withResolvers<void>()
  let isClosed = false
  const fetcher: Kafka['fetcher'] = (options) => {
    const inner = kafka.fetcher(options)
    return overlaid(inner, {
      poll: async (maxWait: Parameters<typeof inner.poll>[0]) => {
        const fetched = await inner.poll(maxWait)
        await wait
        return fetched
      },
    })
  }
  const transactions: Kafka['transactions'] = (id, options) => {
    const inner = kafka.transactions(id, options)
    return overlaid(inner, {
      init: () => inner.init().finally(() => isClosed && hold()),
    })
  }
  return {
    kafka: { ...kafka, fetcher, transactions },
    held,
    close(): void {
      isClosed = true
      const { promise, resolve } = Promise.withResolvers<void>()
      wait = promise
      open = resolve
    },
    open: (): void => open(),
  }
}

/** The same object with some methods replaced; the others are called on the object itself. */
function overlaid<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get(_target, name) {
      const value = (methods as Record<PropertyKey, unknown>)[name] ?? Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
