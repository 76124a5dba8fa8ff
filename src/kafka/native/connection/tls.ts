/** TLS: the options of a connection, and what its failures mean. The name of the host is checked unless told otherwise. */
import { isIP } from 'node:net'
import { type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls'
import { KafkaError } from '../../port.ts'
import { invalid } from '../setting.ts'
import { type Address, addressText } from './address.ts'

export interface TlsSettings {
  /** As the user gave them. */
  readonly options: ConnectionOptions
  /** Certificates and keys, read once. */
  readonly context: SecureContext
}

/** @throws MillraceError MR1003 when certificate, key or authority can't be read */
export function checkTls(ssl: ConnectionOptions | boolean | null | undefined): TlsSettings | null {
  if (ssl === undefined || ssl === null || ssl === false) return null
  if (ssl !== true && typeof ssl !== 'object') throw invalid('ssl', 'must be true, false, or the options of node:tls')
  const options = ssl === true ? {} : ssl
  try {
    return { options, context: options.secureContext ?? createSecureContext(options) }
  } catch (error) {
    const why = `can't be used: ${error instanceof Error ? error.message : String(error)}`
    throw invalid(
      'ssl',
      why,
      'Give ca, cert and key as the text of PEM files (not their paths), key and cert of one pair',
    )
  }
}

/** The options for one broker. An IP address is compared with the certificate too, but is no server name (RFC 6066). */
export function tlsOptions({ host, port }: Address, { options, context }: TlsSettings): ConnectionOptions {
  const name = isIP(host) === 0 ? { servername: host } : {}
  return { host, port, ...name, ...options, secureContext: context }
}

interface Problem {
  /** Node's or OpenSSL's names of it. */
  readonly codes: RegExp
  readonly reason: string
  readonly why: string
  readonly fix: string
}

const problems: readonly Problem[] = [
  {
    codes: /SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA/,
    reason: 'TLS_UNTRUSTED',
    why: 'the certificate of the broker is signed by nobody this machine trusts',
    fix: 'give the authority that signed it as ssl.ca (KAFKA_SSL_CA)',
  },
  {
    codes: /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|CERT_REVOKED/,
    reason: 'TLS_EXPIRED',
    why: 'the certificate of the broker is not valid at this time',
    fix: 'renew the certificate of the broker, or correct the clock of this machine',
  },
  {
    codes: /ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH/,
    reason: 'TLS_WRONG_HOST',
    why: 'the certificate of the broker is made out to another host',
    fix: 'connect by a name that the certificate holds, or give that name as ssl.servername',
  },
  {
    codes:
      /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|UNKNOWN_CA|ACCESS_DENIED)/,
    reason: 'TLS_CLIENT_CERTIFICATE',
    why: 'the broker wants a certificate from its clients, and got none that it trusts',
    fix: 'give ssl.cert and ssl.key (KAFKA_SSL_CERT, KAFKA_SSL_KEY), signed by an authority that the broker knows',
  },
  {
    codes: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|HTTP_REQUEST/,
    reason: 'TLS_NOT_SPOKEN',
    why: 'what answers there does not speak TLS',
    fix: 'use the port of a TLS listener, or remove ssl',
  },
  {
    codes: /HANDSHAKE_FAILURE|PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_SHARED|NO_CIPHERS|INSUFFICIENT_SECURITY/,
    reason: 'TLS_FAILED',
    why: 'the two sides could not agree',
    fix: 'compare ssl.minVersion, ssl.maxVersion and ssl.ciphers with the broker, and give ssl.cert and ssl.key if it wants them',
  },
]

/** The error for a failed handshake that no repetition cures, since its cause is configuration; null for all others. */
export function tlsFailure(error: NodeJS.ErrnoException, address: Address): KafkaError | null {
  const code = error.code ?? ''
  // Node does not name every alert; OpenSSL's own words are in the message then.
  const words = code === 'EPROTO' ? error.message.toUpperCase().replaceAll(' ', '_') : code
  const problem = problems.find(({ codes }) => codes.test(words))
  if (problem === undefined) return null
  const { reason, why, fix } = problem
  const message = `TLS with ${addressText(address)} failed: ${why} (${code}${detailOf(error)}); ${fix}`
  return new KafkaError('fatal', reason, 'connect', message, { cause: error })
}

/** A TLS alert is what a TLS listener answers to who does not speak it. Never the length of a frame: too large. */
export function isTlsAlert(bytes: Uint8Array): boolean {
  return bytes[0] === 0x15 && bytes[1] === 3
}

export function tlsWanted(address: Address): KafkaError {
  const message = `${addressText(address)} speaks TLS, and the client does not; set ssl (true, or options with ca)`
  return new KafkaError('fatal', 'TLS_REQUIRED', 'connect', message)
}

/** Node explains what it found in a certificate; what OpenSSL adds to its code is where in its own source it was. */
function detailOf({ message }: Error): string {
  return message.includes(':error:') ? '' : `: ${message.trim().split('\n')[0]}`
}
