/** What kafkajs throws, as the port's faults. */

import type { TopicPartition } from '../../record.ts'
import { errorName } from '../../wire/errors.ts'
import { faultIn } from '../faults.ts'
import { KafkaError, type KafkaFault } from '../port.ts'

/** Whether a request changes anything: a lost answer to one that does leaves its outcome unknown. */
export type Effect = 'reads' | 'writes'

interface Told {
  readonly lost: boolean
  readonly fault: KafkaFault
  readonly reason: string
}

/** Errors of kafkajs that carry no code of Kafka's. `lost`: the request may have been executed. */
const told: Readonly<Record<string, Told>> = {
  KafkaJSConnectionError: { lost: true, fault: 'retriable', reason: 'CONNECTION' },
  KafkaJSConnectionClosedError: { lost: true, fault: 'retriable', reason: 'CONNECTION' },
  KafkaJSRequestTimeoutError: { lost: true, fault: 'retriable', reason: 'TIMEOUT' },
  KafkaJSBrokerNotFound: { lost: false, fault: 'retriable', reason: 'CONNECTION' },
  KafkaJSNoBrokerAvailableError: { lost: false, fault: 'retriable', reason: 'CONNECTION' },
  KafkaJSGroupCoordinatorNotFound: { lost: false, fault: 'retriable', reason: 'COORDINATOR_NOT_AVAILABLE' },
  KafkaJSLockTimeout: { lost: false, fault: 'retriable', reason: 'TIMEOUT' },
  KafkaJSTimeout: { lost: false, fault: 'retriable', reason: 'TIMEOUT' },
  KafkaJSMetadataNotLoaded: { lost: false, fault: 'retriable', reason: 'UNKNOWN_TOPIC_OR_PARTITION' },
  KafkaJSTopicMetadataNotLoaded: { lost: false, fault: 'retriable', reason: 'UNKNOWN_TOPIC_OR_PARTITION' },
  KafkaJSSASLAuthenticationError: { lost: false, fault: 'fatal', reason: 'SASL_AUTHENTICATION_FAILED' },
  KafkaJSServerDoesNotSupportApiKey: { lost: false, fault: 'fatal', reason: 'UNSUPPORTED_VERSION' },
}
/** Nothing but an Error in kafkajs. */
const plain: Readonly<Record<string, Told>> = {
  'Broker not connected': { lost: false, fault: 'retriable', reason: 'CONNECTION' },
}
const longestChain = 16

/**
 * The port's error for whatever kafkajs threw: it wraps what happened into errors of its own, several deep.
 * @example await admin.deleteTopics({ topics }).catch((thrown) => { throw asKafkaError(thrown, 'DeleteTopics', 'writes') })
 */
export function asKafkaError(thrown: unknown, request: string, effect: Effect, place?: TopicPartition): KafkaError {
  if (thrown instanceof KafkaError) return thrown
  const links = chainOf(thrown)
  const code = links.map(codeOf).find((each) => each !== null) ?? null
  const { message } = links[0] ?? { message: String(thrown) }
  const options = { cause: thrown, ...withPlace(place ?? placeIn(links)) }
  if (code !== null) {
    const text = `Kafka answered ${request} with ${errorName(code)}: ${message}`
    return new KafkaError(faultIn(request, code), errorName(code), request, text, options)
  }
  const known = links.map(({ name, message: text }) => told[name] ?? plain[text]).find((each) => each !== undefined)
  const { lost, fault, reason } = known ?? unknownOf(thrown, effect)
  const seen = lost && effect === 'writes' ? 'unknown-outcome' : fault
  return new KafkaError(seen, reason, request, `${request} over kafkajs failed: ${message}`, options)
}

/** kafkajs stumbles over itself where metadata goes missing under its hands: to ask again is all there is to do. */
function unknownOf(thrown: unknown, effect: Effect): Told {
  const fault = thrown instanceof TypeError && effect === 'reads' ? 'retriable' : 'fatal'
  return { lost: effect === 'writes', fault, reason: 'KAFKAJS' }
}

/** The error, what caused it, and the first of several that it stands for. */
function chainOf(thrown: unknown): Error[] {
  const links: Error[] = []
  for (let link = thrown; link instanceof Error && links.length < longestChain; ) {
    links.push(link)
    link = 'errors' in link && Array.isArray(link.errors) ? link.errors[0] : link.cause
  }
  return links
}

/** Kafka's code. kafkajs knows none above 88 and only mentions it then. */
function codeOf(error: Error): number | null {
  if (!('type' in error) || !('code' in error) || typeof error.code !== 'number') return null
  if (error.type !== 'KAFKAJS_UNKNOWN_ERROR_CODE') return error.code
  const mentioned = /\d+/.exec(error.message)
  return mentioned === null ? null : Number(mentioned[0])
}

function placeIn(links: readonly Error[]): TopicPartition | undefined {
  const link = links.find((each) => 'topic' in each && 'partition' in each)
  return link === undefined ? undefined : pick(link as Error & TopicPartition)
}

function pick({ topic, partition }: TopicPartition): TopicPartition | undefined {
  return typeof topic === 'string' && typeof partition === 'number' ? { topic, partition } : undefined
}

function withPlace(partition: TopicPartition | undefined): { partition?: TopicPartition } {
  return partition === undefined ? {} : { partition }
}
