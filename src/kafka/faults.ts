/**
 * What each of Kafka's error codes means for who meets it. Total on purpose: a new code does not compile until someone
 * has thought about it. Mostly `retriable` is what the protocol's own table says; where not, the reason is given.
 */
import { type ErrorName, errorCode, errorName } from '../wire/errors.ts'
import { KafkaError, type KafkaFault } from './port.ts'

export const faultsByName: Readonly<Record<Exclude<ErrorName, 'NONE'>, KafkaFault>> = {
  // another owner has taken over, or what the broker knows of us is gone
  PRODUCER_FENCED: 'fenced',
  INVALID_PRODUCER_EPOCH: 'fenced',
  INVALID_PRODUCER_ID_MAPPING: 'fenced',
  INVALID_TXN_STATE: 'fenced',
  FENCED_INSTANCE_ID: 'fenced',
  ILLEGAL_GENERATION: 'fenced',
  UNKNOWN_MEMBER_ID: 'fenced',
  FENCED_MEMBER_EPOCH: 'fenced',
  STALE_MEMBER_EPOCH: 'fenced',
  // the transaction can't go on, the producer can
  TRANSACTION_ABORTABLE: 'abortable',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'abortable',
  UNKNOWN_PRODUCER_ID: 'abortable',
  REBALANCE_IN_PROGRESS: 'abortable',
  // the offset is not in the log
  OFFSET_OUT_OF_RANGE: 'out-of-range',
  // what was asked is refused for what it is, and will be each time: records, topics, settings, administration
  MESSAGE_TOO_LARGE: 'rejected',
  RECORD_LIST_TOO_LARGE: 'rejected',
  INVALID_RECORD: 'rejected',
  INVALID_TIMESTAMP: 'rejected',
  OFFSET_METADATA_TOO_LARGE: 'rejected',
  INVALID_COMMIT_OFFSET_SIZE: 'rejected',
  INVALID_TOPIC_EXCEPTION: 'rejected',
  TOPIC_ALREADY_EXISTS: 'rejected',
  INVALID_PARTITIONS: 'rejected',
  INVALID_REPLICATION_FACTOR: 'rejected',
  INVALID_REPLICA_ASSIGNMENT: 'rejected',
  INVALID_CONFIG: 'rejected',
  POLICY_VIOLATION: 'rejected',
  NON_EMPTY_GROUP: 'rejected',
  GROUP_ID_NOT_FOUND: 'rejected',
  GROUP_SUBSCRIBED_TO_TOPIC: 'rejected',
  TRANSACTIONAL_ID_NOT_FOUND: 'rejected',
  RESOURCE_NOT_FOUND: 'rejected',
  DUPLICATE_RESOURCE: 'rejected',
  REASSIGNMENT_IN_PROGRESS: 'rejected',
  NO_REASSIGNMENT_IN_PROGRESS: 'rejected',
  ELECTION_NOT_NEEDED: 'rejected',
  // a state that passes: so the protocol says
  CORRUPT_MESSAGE: 'retriable',
  UNKNOWN_TOPIC_OR_PARTITION: 'retriable',
  LEADER_NOT_AVAILABLE: 'retriable',
  NOT_LEADER_OR_FOLLOWER: 'retriable',
  REQUEST_TIMED_OUT: 'retriable',
  REPLICA_NOT_AVAILABLE: 'retriable',
  NETWORK_EXCEPTION: 'retriable',
  COORDINATOR_LOAD_IN_PROGRESS: 'retriable',
  COORDINATOR_NOT_AVAILABLE: 'retriable',
  NOT_COORDINATOR: 'retriable',
  NOT_ENOUGH_REPLICAS: 'retriable',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'retriable',
  NOT_CONTROLLER: 'retriable',
  CONCURRENT_TRANSACTIONS: 'retriable',
  KAFKA_STORAGE_ERROR: 'retriable',
  FETCH_SESSION_ID_NOT_FOUND: 'retriable',
  INVALID_FETCH_SESSION_EPOCH: 'retriable',
  LISTENER_NOT_FOUND: 'retriable',
  FENCED_LEADER_EPOCH: 'retriable',
  UNKNOWN_LEADER_EPOCH: 'retriable',
  OFFSET_NOT_AVAILABLE: 'retriable',
  PREFERRED_LEADER_NOT_AVAILABLE: 'retriable',
  ELIGIBLE_LEADERS_NOT_AVAILABLE: 'retriable',
  UNSTABLE_OFFSET_COMMIT: 'retriable',
  THROTTLING_QUOTA_EXCEEDED: 'retriable',
  UNKNOWN_TOPIC_ID: 'retriable',
  INCONSISTENT_TOPIC_ID: 'retriable',
  FETCH_SESSION_TOPIC_ID_ERROR: 'retriable',
  SHARE_SESSION_NOT_FOUND: 'retriable',
  INVALID_SHARE_SESSION_EPOCH: 'retriable',
  SHARE_SESSION_LIMIT_REACHED: 'retriable',
  // ... and so it is, though the protocol does not: the broker comes back; the join is repeated with the id given; the
  // addresses of the configuration still work (KIP-1102)
  BROKER_NOT_AVAILABLE: 'retriable',
  MEMBER_ID_REQUIRED: 'retriable',
  REBOOTSTRAP_REQUIRED: 'retriable',
  // rights, identity, versions or configuration are wrong
  UNKNOWN_SERVER_ERROR: 'fatal',
  INVALID_FETCH_SIZE: 'fatal',
  INVALID_REQUIRED_ACKS: 'fatal',
  INCONSISTENT_GROUP_PROTOCOL: 'fatal',
  INVALID_GROUP_ID: 'fatal',
  INVALID_SESSION_TIMEOUT: 'fatal',
  TOPIC_AUTHORIZATION_FAILED: 'fatal',
  GROUP_AUTHORIZATION_FAILED: 'fatal',
  CLUSTER_AUTHORIZATION_FAILED: 'fatal',
  UNSUPPORTED_SASL_MECHANISM: 'fatal',
  ILLEGAL_SASL_STATE: 'fatal',
  UNSUPPORTED_VERSION: 'fatal',
  INVALID_REQUEST: 'fatal',
  UNSUPPORTED_FOR_MESSAGE_FORMAT: 'fatal',
  DUPLICATE_SEQUENCE_NUMBER: 'fatal',
  INVALID_TRANSACTION_TIMEOUT: 'fatal',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'fatal',
  SECURITY_DISABLED: 'fatal',
  OPERATION_NOT_ATTEMPTED: 'fatal',
  LOG_DIR_NOT_FOUND: 'fatal',
  SASL_AUTHENTICATION_FAILED: 'fatal',
  DELEGATION_TOKEN_AUTH_DISABLED: 'fatal',
  DELEGATION_TOKEN_NOT_FOUND: 'fatal',
  DELEGATION_TOKEN_OWNER_MISMATCH: 'fatal',
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: 'fatal',
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: 'fatal',
  DELEGATION_TOKEN_EXPIRED: 'fatal',
  INVALID_PRINCIPAL_TYPE: 'fatal',
  TOPIC_DELETION_DISABLED: 'fatal',
  UNSUPPORTED_COMPRESSION_TYPE: 'fatal',
  GROUP_MAX_SIZE_REACHED: 'fatal',
  UNACCEPTABLE_CREDENTIAL: 'fatal',
  PRINCIPAL_DESERIALIZATION_FAILURE: 'fatal',
  UNRELEASED_INSTANCE_ID: 'fatal',
  UNSUPPORTED_ASSIGNOR: 'fatal',
  UNSUPPORTED_ENDPOINT_TYPE: 'fatal',
  INVALID_REGULAR_EXPRESSION: 'fatal',
  // what only brokers, controllers and newer clients ask: here it is a fault of ours
  STALE_CONTROLLER_EPOCH: 'fatal',
  TRANSACTION_COORDINATOR_FENCED: 'fatal',
  STALE_BROKER_EPOCH: 'fatal',
  INCONSISTENT_VOTER_SET: 'fatal',
  INVALID_UPDATE_VERSION: 'fatal',
  FEATURE_UPDATE_FAILED: 'fatal',
  SNAPSHOT_NOT_FOUND: 'fatal',
  POSITION_OUT_OF_RANGE: 'fatal',
  DUPLICATE_BROKER_REGISTRATION: 'fatal',
  BROKER_ID_NOT_REGISTERED: 'fatal',
  INCONSISTENT_CLUSTER_ID: 'fatal',
  INELIGIBLE_REPLICA: 'fatal',
  NEW_LEADER_ELECTED: 'fatal',
  OFFSET_MOVED_TO_TIERED_STORAGE: 'fatal',
  MISMATCHED_ENDPOINT_TYPE: 'fatal',
  UNKNOWN_CONTROLLER_ID: 'fatal',
  UNKNOWN_SUBSCRIPTION_ID: 'fatal',
  TELEMETRY_TOO_LARGE: 'fatal',
  INVALID_REGISTRATION: 'fatal',
  INVALID_RECORD_STATE: 'fatal',
  FENCED_STATE_EPOCH: 'fatal',
  INVALID_VOTER_KEY: 'fatal',
  DUPLICATE_VOTER: 'fatal',
  VOTER_NOT_FOUND: 'fatal',
  STREAMS_INVALID_TOPOLOGY: 'fatal',
  STREAMS_INVALID_TOPOLOGY_EPOCH: 'fatal',
  STREAMS_TOPOLOGY_FENCED: 'fatal',
}

/** What a code means for the caller. `CORRUPT_MESSAGE` and the like are retriable, as Kafka's own table says. */
export function faultOf(code: number): KafkaFault {
  const name = errorName(code)
  return name === 'NONE' ? 'fatal' : faultsByName[name]
}

/** Requests that change a log or a transaction. */
const writes: ReadonlySet<string> = new Set([
  'Produce',
  'InitProducerId',
  'AddPartitionsToTxn',
  'AddOffsetsToTxn',
  'EndTxn',
  'TxnOffsetCommit',
])

/**
 * What a code means for who made this request. A broker that fails at a write for a reason it has no name for may have
 * executed it: Apache Kafka 4.1 answers so, for one, when a producer is fenced while its EndTxn is at work.
 * @example faultIn('EndTxn', errorCode.UNKNOWN_SERVER_ERROR) // 'unknown-outcome'
 */
export function faultIn(request: string, code: number): KafkaFault {
  const isUnclear = code === errorCode.UNKNOWN_SERVER_ERROR && writes.has(request)
  return isUnclear ? 'unknown-outcome' : faultOf(code)
}

/** The error for a code that a broker answered. `subject` says what it was about: a topic, a group, a partition. */
export function refusal(code: number, request: string, subject: string, detail?: string | null): KafkaError {
  const name = errorName(code)
  const more = detail ? `: ${detail}` : ''
  return new KafkaError(
    faultIn(request, code),
    name,
    request,
    `Kafka answered ${request} for ${subject} with ${name}${more}`,
  )
}

/** Given up because the client was closed. */
export function closed(request: string): KafkaError {
  return new KafkaError('retriable', 'CLOSED', request, `${request} was given up: the Kafka client was closed`)
}

export type RepeatableError = KafkaError & { readonly fault: 'retriable' | 'unknown-outcome' }

/** True for what reading again may cure: also a lost answer, since a read changes nothing. */
export function isRepeatable(error: unknown): error is RepeatableError {
  return (
    error instanceof KafkaError &&
    error.reason !== 'CLOSED' &&
    (error.fault === 'retriable' || error.fault === 'unknown-outcome')
  )
}
