/** Apache Kafka with a listener for each way to be secure, and the certificates and passwords to it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../scripts/kafka/ports.ts'
import { startKafka } from '../../scripts/kafka.ts'
import { type Certificates, makeCertificates } from '../native/certificates.ts'

export interface SecureKafka {
  readonly certificates: Certificates
  /** Addresses of the listeners. */
  readonly plaintext: string
  /** Wants a certificate from its clients. */
  readonly ssl: string
  /** Wants a name and a password, or a token. */
  readonly saslSsl: string
  stop(): Promise<void>
}

/** Known to every mechanism. */
export const user = { username: 'ann', password: 'ann-secret' } as const

/** Short, so that a test sees several. */
const sessionMilliseconds = 2_400

const modules = 'org.apache.kafka.common.security'
const jaas: Readonly<Record<string, string>> = {
  plain: `${modules}.plain.PlainLoginModule required user_${user.username}="${user.password}";`,
  'scram-sha-256': `${modules}.scram.ScramLoginModule required;`,
  'scram-sha-512': `${modules}.scram.ScramLoginModule required;`,
  oauthbearer: `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
}

export async function startSecureKafka(): Promise<SecureKafka> {
  const certificates = makeCertificates()
  const folder = mkdtempSync(join(tmpdir(), 'millrace-secure-'))
  const keystore = join(folder, 'broker.pem')
  const truststore = join(folder, 'ca.pem')
  writeFileSync(keystore, certificates.server.key + certificates.server.cert)
  writeFileSync(truststore, certificates.ca)
  const [plaintext = 0, ssl = 0, saslSsl = 0, controller = 0] = await freePorts(4)
  const ofClients = [`PLAINTEXT://127.0.0.1:${plaintext}`, `SSL://127.0.0.1:${ssl}`, `SASL_SSL://127.0.0.1:${saslSsl}`]
  const kafka = await startKafka({
    port: plaintext,
    formatWords: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((name) => [
      '--add-scram',
      `${name}=[name=${user.username},password=${user.password}]`,
    ]),
    properties: {
      listeners: [...ofClients, `CONTROLLER://127.0.0.1:${controller}`].join(','),
      'advertised.listeners': ofClients.join(','),
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keystore,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': truststore,
      'listener.name.ssl.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
      'connections.max.reauth.ms': String(sessionMilliseconds),
      ...Object.fromEntries(
        Object.entries(jaas).map(([name, value]) => [`listener.name.sasl_ssl.${name}.sasl.jaas.config`, value]),
      ),
    },
  })
  return {
    certificates,
    plaintext: `127.0.0.1:${plaintext}`,
    ssl: `127.0.0.1:${ssl}`,
    saslSsl: `127.0.0.1:${saslSsl}`,
    async stop() {
      await kafka.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A token as Kafka's unsecured validator takes it: JSON without a signature, good for a minute. */
export function unsecuredToken(subject: string, nowMilliseconds: number): string {
  const now = Math.floor(nowMilliseconds / 1_000)
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + 60 })}.`
}
