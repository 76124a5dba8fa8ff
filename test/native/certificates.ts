/** Certificates for a test, made by `openssl` in a temporary folder that is gone again afterwards. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Texts of PEM files. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export interface Certificates {
  readonly ca: string
  /** For localhost and 127.0.0.1. */
  readonly server: Certificate
  /** The same, and out of date since yesterday. */
  readonly expired: Certificate
  /** For example.org. */
  readonly elsewhere: Certificate
  readonly client: Certificate
  /** Signed by an authority that nobody knows. */
  readonly stranger: Certificate
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc']

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-tls-'))
  const openssl = (...words: string[]): void => {
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  }
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const authority = (name: string): void =>
    openssl(
      'req',
      '-x509',
      ...curve,
      '-subj',
      `/CN=${name}`,
      '-days',
      '30',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    )
  const signed = (name: string, by: string, alternatives: string, days = '30'): Certificate => {
    openssl('req', ...curve, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    writeFileSync(join(folder, 'extensions'), `subjectAltName=${alternatives}\n`)
    const issuer = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-extfile', 'extensions']
    openssl('x509', '-req', '-in', `${name}.csr`, ...issuer, '-days', days, '-out', `${name}.pem`)
    return { cert: read(`${name}.pem`), key: read(`${name}.key`) }
  }
  try {
    authority('authority')
    authority('unknown')
    const here = 'DNS:localhost,IP:127.0.0.1'
    return {
      ca: read('authority.pem'),
      server: signed('server', 'authority', here),
      expired: signed('expired', 'authority', here, '-1'),
      elsewhere: signed('elsewhere', 'authority', 'DNS:example.org'),
      client: signed('client', 'authority', 'DNS:client'),
      stranger: signed('stranger', 'unknown', 'DNS:stranger'),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
