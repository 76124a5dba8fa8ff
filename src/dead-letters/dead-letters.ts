/** The library behind `millrace dlq`: dead letters of an app, or of whoever wrote them. */
import type { Kafka } from '../kafka/port.ts'
import type { Topology } from '../topology/topology.ts'
import type { Place } from './letter.ts'
import { findQueue } from './queue-names.ts'
import { type Decoded, decoderOf, guessing } from './reading/decode.ts'
import { type GroupOptions, groupLetters, type LetterGroups } from './reading/groups.ts'
import { readLetter } from './reading/one-letter.ts'
import { listQueues, type QueueSummary, type QueuesOptions } from './reading/queues.ts'
import { type ReadLetter, type ReadOptions, readLetters } from './reading/read.ts'
import { whenReady } from './reading/when-ready.ts'

export interface DeadLettersOptions {
  /** Reads keys and values by its serdes; without it by their looks. */
  readonly topology?: Topology
}

/** Queues are named by their topics, or, of an app, by the name in `deadLetter(name)`. */
export interface DeadLetters {
  /** @example for (const { queue, open, oldestAge } of await letters.queues()) console.log(queue, open, oldestAge) */
  queues(options?: Omit<QueuesOptions, 'app'>): Promise<QueueSummary[]>
  /** @example const { groups } = await letters.groups({ queue: 'orders', filter: { stage: 'process' } }) */
  groups(options: GroupOptions): Promise<LetterGroups>
  /** @example for await (const letter of letters.read({ queue: 'orders' })) console.log(letter.message) */
  read(options: ReadOptions): AsyncGenerator<ReadLetter>
  /** @example const { value, stack } = await letters.letter({ topic: 'orders', partition: 0, offset: 17 }) */
  letter(place: Place): Promise<ReadLetter>
  /** Key and value by the topology's serdes, else by their looks. */
  decode(letter: ReadLetter): Promise<{ readonly key: Decoded; readonly value: Decoded }>
}

/**
 * Looks at dead letters. Nothing is changed by it, and no consumer group is used.
 * @param app name of a topology; null for queues of any app and of others
 * @example
 * const kafka = connectKafka({ brokers: ['localhost:9092'] })
 * await kafka.connect()
 * const letters = deadLetters(kafka, 'orders')
 * for await (const { error, source } of letters.read({ queue: 'orders', filter: { stage: 'process' } }))
 *   console.log(error, source)
 */
export function deadLetters(kafka: Kafka, app: string | null, { topology }: DeadLettersOptions = {}): DeadLetters {
  let decoding: ReturnType<typeof decoderOf> | undefined
  const decoder = async () => {
    if (topology === undefined) return guessing
    decoding ??= decoderOf(topology)
    return decoding
  }
  const topicOf = async (queue: string) => (await findQueue(kafka, queue, app)).name
  return {
    queues: (options = {}) => listQueues(kafka, { ...options, app }),
    async groups(options) {
      const [queue, decode] = [await topicOf(options.queue), await decoder()]
      return groupLetters(kafka, { decode, ...options, queue })
    },
    async *read(options) {
      const [queue, decode] = [await topicOf(options.queue), await decoder()]
      yield* readLetters(kafka, { decode, ...options, queue })
    },
    letter: async (place) => readLetter(kafka, { ...place, topic: await topicOf(place.topic) }),
    async decode(letter) {
      const decode = await decoder()
      return whenReady(() => ({ key: decode(letter, 'key'), value: decode(letter, 'value') }))
    },
  }
}
