/** The beginnings of connections, on Apache Kafka and on the embedded broker: the same answers. */
import { once } from 'node:events'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { WireClient } from '../broker/wire-client.ts'
import { authenticationScripts, Talk } from './differential/authentication.ts'
import { lackingFor } from './lacking.ts'
import { type SecureKafka, startSecureKafka, user } from './secure-kafka.ts'

const lacking = lackingFor('Authentication beside that of Apache Kafka')

describe.skipIf(lacking !== null)('before a connection is known', () => {
  let kafka: SecureKafka
  let ours: EmbeddedBroker

  beforeAll(async () => {
    kafka = await startSecureKafka()
    const users = { [user.username]: user.password }
    ours = await startBroker({
      tls: kafka.certificates.server,
      sasl: { plain: users, scram: { users }, oauthbearer: () => null },
      reauthentication: { milliseconds: 2_400 },
    })
  })
  afterAll(async () => {
    await ours?.close()
    await kafka?.stop()
  })

  async function answersOf(script: string, address: string): Promise<unknown[]> {
    const [host, port] = address.split(':')
    const socket = connect({ host, port: Number(port), ca: kafka.certificates.ca })
    await once(socket, 'secureConnect')
    const talk = new Talk(new WireClient(socket))
    await authenticationScripts[script]!(talk)
    talk.client.close()
    return talk.answers
  }

  test.each(Object.keys(authenticationScripts))('%s', async (script) => {
    const expected = await answersOf(script, kafka.saslSsl)
    expect(expected.length).toBeGreaterThan(0)
    expect(await answersOf(script, ours.address)).toEqual(expected)
  })
})
