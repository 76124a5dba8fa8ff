/** What `run` is told about TLS and SASL reaches the connection: by its options, in the words of kafkajs, or by variables. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { findFault, from, type KafkaSettings, run, text, topic, topology } from '../src/index.ts'
import { type Certificates, makeCertificates } from './native/certificates.ts'
import { type FakeBroker, startFakeBroker } from './native/fake-broker.ts'
import { scramServer } from './native/scram-server.ts'

const copy = topology('copy', from(topic('input', { value: text })).to(topic('output', { value: text })))
const user = { username: 'ann', password: 'ann-secret' } as const
const folder = mkdtempSync(join(tmpdir(), 'millrace-run-'))

let made: Certificates
let broker: FakeBroker
beforeAll(async () => {
  made = makeCertificates()
  const sasl = { 'SCRAM-SHA-256': () => scramServer({ ...user, digest: 'sha256' }) }
  broker = await startFakeBroker({ tls: { ...made.server, ca: made.ca, requestCert: true }, sasl })
})
afterEach(() => vi.unstubAllEnvs())
afterAll(async () => {
  await broker.close()
  rmSync(folder, { recursive: true })
})

/** How the run ends: it never gets further than to ask for topics, which this broker does not have. */
async function endOf(kafka?: KafkaSettings) {
  broker.seen.splice(0)
  const end = run(copy, { brokers: broker.address, until: 'end', ...(kafka && { kafka }) })
  return findFault(await end.catch((error: unknown) => error))
}

const right = { sasl: { mechanism: 'scram-sha-256', ...user } } as const

test('the settings of kafkajs are handed on as they are', async () => {
  const fault = await endOf({ ...right, ssl: { ca: made.ca, ...made.client }, retry: { retries: 1 }, logLevel: 0 })
  expect(broker.seen).toContain('Metadata')
  expect(fault?.code).not.toBe('MR2008')
})

test('a wrong password ends the run at once, and says what is wrong', async () => {
  const sasl = { ...right.sasl, password: 'wrong' } as const
  const fault = await endOf({ ssl: { ca: made.ca, ...made.client }, sasl })
  expect([fault?.code, fault?.kind]).toEqual(['MR2008', 'fatal'])
  expect(fault?.text.why).toContain('SASL_AUTHENTICATION_FAILED')
  expect(fault?.text.fix).toContain('KAFKA_SASL_MECHANISM')
  expect(broker.seen).toEqual(['ApiVersions', 'SaslHandshake', 'SaslAuthenticate', 'SaslAuthenticate'])
})

test('an authority that is not known ends it too', async () => {
  const fault = await endOf({ ...right, ssl: true })
  expect([fault?.code, fault?.text.why]).toEqual(['MR2008', expect.stringContaining('TLS')])
  expect(fault?.text.where).toContain(broker.address)
  expect(broker.seen).toEqual([])
})

test('variables say the same', async () => {
  for (const [name, content] of Object.entries({ ca: made.ca, ...made.client })) {
    writeFileSync(join(folder, name), content)
    vi.stubEnv(`KAFKA_SSL_${name.toUpperCase()}`, join(folder, name))
  }
  vi.stubEnv('KAFKA_SASL_MECHANISM', 'SCRAM-SHA-256')
  vi.stubEnv('KAFKA_SASL_USERNAME', user.username)
  vi.stubEnv('KAFKA_SASL_PASSWORD', user.password)
  await endOf()
  expect(broker.seen).toContain('Metadata')
  vi.stubEnv('KAFKA_SASL_PASSWORD', 'wrong')
  expect((await endOf())?.code).toBe('MR2008')
})

test('a setting that is not honoured is refused by name', async () => {
  const retry = { restartOnFailure: async () => true }
  const fault = await endOf({ ...right, retry })
  expect([fault?.code, fault?.text.what]).toEqual(['MR1004', expect.stringContaining('retry.restartOnFailure')])
})
