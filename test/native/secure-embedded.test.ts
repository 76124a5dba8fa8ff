/** The whole client over TLS and SASL against the embedded broker: transactions, groups, and credentials that end. */
import { afterEach, describe, expect, it } from 'vitest'
import { type BrokerOptions, startBroker } from '../../src/broker/index.ts'
import type { NativeConfig } from '../../src/kafka/native/config.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { batchOf, errorOf, valuesOf } from '../contracts/tools.ts'
import { makeCertificates } from './certificates.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function setUp(broker: BrokerOptions, config: Partial<NativeConfig>): Promise<Kafka> {
  const running = await startBroker(broker)
  open.push(() => running.close())
  const kafka = connectKafka({ ...config, brokers: [running.address] })
  open.push(() => kafka.close())
  await kafka.connect()
  await kafka.topics.create([{ name: 't', partitions: 1 }])
  return kafka
}

const place = { topic: 't', partition: 0 }
const user = { username: 'ann', password: 'secret' } as const

describe('over TLS with certificates on both sides', () => {
  it.each(['scram-sha-256', 'scram-sha-512', 'plain'] as const)('and %s, transactions work', async (mechanism) => {
    const { ca, server, client } = makeCertificates()
    const sasl = { plain: { ann: user.password }, scram: { users: { ann: user.password } } }
    const tls = { ...server, ca, requestCert: true, rejectUnauthorized: true }
    const kafka = await setUp({ tls, sasl }, { ssl: { ca, ...client }, sasl: { mechanism, ...user } })
    const transactions = kafka.transactions('mine', { timeout: { seconds: 10 } })
    await transactions.init()
    await transactions.append(place, batchOf('one', 'x'.repeat(1_000_000)))
    await transactions.commit()
    const [end] = await kafka.offsets([place], 'end')
    expect(end!.offset).toBeGreaterThanOrEqual(2)
    expect((await valuesOf(kafka, place, 'read_uncommitted')).slice(0, 2)).toEqual(['one', 'x'.repeat(1_000_000)])
    await transactions.close()
  })
})

describe('a token that is good no longer', () => {
  it('ends the work of a client with a fatal error, at the next renewal, and is not tried for ever', async () => {
    let isGood = true
    const sasl = { oauthbearer: (token: string) => (token === 'good' ? { principal: 'ann' } : null) }
    const oauthBearerProvider = async () => ({ value: isGood ? 'good' : 'bad' })
    const kafka = await setUp(
      { sasl, reauthentication: { milliseconds: 2_400 } },
      { sasl: { mechanism: 'oauthbearer', oauthBearerProvider } },
    )
    const fetcher = kafka.fetcher({ isolation: 'read_committed' })
    fetcher.seek(place, 0)
    await kafka.producer().append(place, batchOf('one'))
    while ((await fetcher.poll({ seconds: 1 })).length === 0);
    isGood = false
    const polling = async (): Promise<never> => {
      for (;;) await fetcher.poll({ seconds: 1 })
    }
    expect(await errorOf(polling())).toMatchObject({ fault: 'fatal', reason: 'SASL_AUTHENTICATION_FAILED' })
    const tries = kafka.metrics().get('SaslHandshake')!.requests
    await fetcher.close()
    expect(tries).toBeLessThan(12)
  })
})
