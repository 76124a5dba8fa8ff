/** From the client's closed set of errors to what a user reads: a code, the reason, what to do. */
import { asFault, type ErrorCode, type FaultKind, findFault, MillraceError } from '../faults.ts'
import type { KafkaError, KafkaFault } from '../kafka/port.ts'

interface Explanation {
  readonly code: ErrorCode
  readonly what: string
  readonly fix: string
}

const kindOf: Readonly<Record<KafkaFault, FaultKind>> = {
  fenced: 'fenced',
  abortable: 'retry',
  'unknown-outcome': 'retry',
  'out-of-range': 'fatal',
  retriable: 'retry',
  rejected: 'reject',
  fatal: 'fatal',
}

const unreachable: Explanation = {
  code: 'MR2001',
  what: 'No Kafka broker could be reached',
  fix: 'Set KAFKA_BROKERS (or --brokers) to brokers that answer, or start one for your desk: millrace broker --port 9092',
}
const denied: Explanation = {
  code: 'MR2008',
  what: 'Kafka did not permit a request',
  fix: 'Grant the worker Read on its inputs, Write on its outputs, and all operations on topics, group and transactional ids that begin with the name of the topology',
}
const unknown: Explanation = {
  code: 'MR2008',
  what: 'Kafka did not accept who the worker says it is',
  fix: 'Correct mechanism, name and password: sasl of the client, or KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD',
}
const insecure: Explanation = {
  code: 'MR2008',
  what: 'No secure connection to Kafka could be made',
  fix: 'Let ssl of the client, or KAFKA_SSL, KAFKA_SSL_CA, _CERT and _KEY, say what the listener of the broker expects',
}
const missing: Explanation = {
  code: 'MR2002',
  what: 'A topic does not exist',
  fix: 'Create the topic, or correct its name in the topology; Millrace creates its internal topics only',
}
const lacking: Explanation = {
  code: 'MR2005',
  what: 'The broker lacks what exactly once needs',
  fix: 'Use Apache Kafka 3.6 or newer, or millrace broker',
}
const replaced: Explanation = {
  code: 'MR2006',
  what: 'Another worker uses the same instance name',
  fix: 'Give each running worker its own --instance (or MILLRACE_INSTANCE)',
}
const outside: Explanation = {
  code: 'MR2007',
  what: 'A position is outside the log',
  fix: 'Keep the topic longer (retention.ms), or say where to go on: MILLRACE_OUT_OF_RANGE=earliest or latest',
}
const tooLarge: Explanation = {
  code: 'MR3005',
  what: 'A record is too large for its topic',
  fix: 'Raise max.message.bytes of the topic, or write smaller records',
}
const refused: Explanation = {
  code: 'MR2004',
  what: 'Kafka refused a request',
  fix: "Look for the reason in the list of Kafka's protocol errors and in the broker's log",
}

/** By Kafka's own name of the error, or the client's for what has none. What is not listed is `refused`. */
const explanations: Readonly<Record<string, Explanation>> = {
  UNREACHABLE: unreachable,
  CONNECTION: unreachable,
  TIMEOUT: unreachable,
  BROKER_NOT_AVAILABLE: unreachable,
  TOPIC_AUTHORIZATION_FAILED: denied,
  GROUP_AUTHORIZATION_FAILED: denied,
  CLUSTER_AUTHORIZATION_FAILED: denied,
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: denied,
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: denied,
  SASL_AUTHENTICATION_FAILED: unknown,
  UNSUPPORTED_SASL_MECHANISM: unknown,
  ILLEGAL_SASL_STATE: unknown,
  TLS_UNTRUSTED: insecure,
  TLS_EXPIRED: insecure,
  TLS_WRONG_HOST: insecure,
  TLS_CLIENT_CERTIFICATE: insecure,
  TLS_REQUIRED: insecure,
  TLS_NOT_SPOKEN: insecure,
  TLS_FAILED: insecure,
  SECURITY_DISABLED: denied,
  UNKNOWN_TOPIC_OR_PARTITION: missing,
  UNKNOWN_TOPIC_ID: missing,
  UNSUPPORTED_VERSION: lacking,
  UNSUPPORTED_FOR_MESSAGE_FORMAT: lacking,
  FENCED_INSTANCE_ID: replaced,
  PRODUCER_FENCED: replaced,
  INVALID_PRODUCER_EPOCH: replaced,
  OFFSET_OUT_OF_RANGE: outside,
  MESSAGE_TOO_LARGE: tooLarge,
  RECORD_LIST_TOO_LARGE: tooLarge,
}

/**
 * What to tell the user about anything that ended a worker. An error that already explains itself is returned as it is.
 * @param where what the worker was at: `topology flights, brokers localhost:9092`
 * @example throw explainKafkaError(error, 'topology flights')
 */
export function explainKafkaError(error: unknown, where: string): MillraceError {
  const fault = findFault(error)
  if (fault !== undefined) return fault
  const kafka = findKafkaError(error)
  if (kafka === undefined) return asFault(error, where)
  const explanation = kafka.fault === 'out-of-range' ? outside : (explanations[kafka.reason] ?? refused)
  const { code, what, fix } = explanation
  const why = kafka.message.includes(kafka.reason)
    ? kafka.message
    : `${kafka.reason} on ${kafka.request}: ${kafka.message}`
  return new MillraceError(kindOf[kafka.fault], { code, what, where, why, fix }, { cause: error })
}

/** By shape, as `findFault`: two copies of the package may meet, and an adapter may wrap. */
function findKafkaError(error: unknown): KafkaError | undefined {
  for (let link = error, depth = 0; link instanceof Error && depth < 16; link = link.cause, depth++) {
    if (link.name === 'KafkaError' && 'fault' in link && 'reason' in link) return link as KafkaError
  }
  return undefined
}
