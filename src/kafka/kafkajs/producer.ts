/** Appends outside transactions, idempotent. */
import type kafkajs from 'kafkajs'
import type { Kafka, Producer as KafkajsClient, Message } from 'kafkajs'
import { partitionName, type TopicPartition } from '../../record.ts'
import type { BatchBuilder } from '../../wire/batch.ts'
import { compressionCode } from '../../wire/compression/compression.ts'
import { errorCode } from '../../wire/errors.ts'
import { closed, refusal } from '../faults.ts'
import { type Appended, KafkaError, type Producer, type ProducerOptions } from '../port.ts'
import { asKafkaError } from './errors.ts'
import { messagesOf } from './messages.ts'

const defaultBufferedBytes = 32 * 1024 * 1024
/** kafkajs copies all messages of a request for each that it adds: twice as many take four times as long. */
const messagesPerRequest = 1_000

interface Waiting {
  readonly messages: readonly Message[]
  readonly sizeInBytes: number
  resolve(appended: Appended): void
  reject(error: unknown): void
}

/** The batches of one partition: one is on its way, since kafkajs would give its sequence to the next if it failed. */
interface Lane {
  readonly place: TopicPartition
  readonly waiting: Waiting[]
  isSending: boolean
}

/**
 * A producer of kafkajs, and a new one after a failure that leaves its sequences in doubt; what was waiting then is
 * refused, never sent twice.
 */
export class KafkajsProducer implements Producer {
  readonly #kafka: Kafka
  readonly #maxBufferedBytes: number
  readonly #compression: kafkajs.CompressionTypes
  readonly #lanes = new Map<string, Lane>()
  #client: Promise<KafkajsClient> | null = null
  #bufferedBytes = 0
  #isClosed = false
  /** Called when something has left the buffer. */
  #relieved: (() => void)[] = []

  constructor(kafka: Kafka, { maxBufferedBytes = defaultBufferedBytes, compression = 'none' }: ProducerOptions = {}) {
    this.#kafka = kafka
    this.#maxBufferedBytes = maxBufferedBytes
    this.#compression = compressionCode(compression)
  }

  append(partition: TopicPartition, batch: BatchBuilder): Promise<Appended> {
    if (this.#isClosed) return Promise.reject(closed('Produce'))
    const { sizeInBytes } = batch
    try {
      const messages = messagesOf(batch, partition.partition)
      this.#bufferedBytes += sizeInBytes
      return new Promise((resolve, reject) => {
        const lane = this.#lane(partition)
        lane.waiting.push({ messages, sizeInBytes, resolve, reject })
        if (!lane.isSending) void this.#serve(lane)
      })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async room(): Promise<void> {
    while (this.#bufferedBytes >= this.#maxBufferedBytes) await this.#relief()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    while ([...this.#lanes.values()].some(({ isSending }) => isSending)) await this.#relief()
    await this.#forget(this.#client)
  }

  #relief(): Promise<void> {
    return new Promise((resolve) => {
      this.#relieved.push(resolve)
    })
  }

  #relieve(bytes: number): void {
    this.#bufferedBytes -= bytes
    const relieved = this.#relieved
    this.#relieved = []
    for (const each of relieved) each()
  }

  #lane({ topic, partition }: TopicPartition): Lane {
    const name = partitionName({ topic, partition })
    const lane = this.#lanes.get(name) ?? { place: { topic, partition }, waiting: [], isSending: false }
    this.#lanes.set(name, lane)
    return lane
  }

  async #serve(lane: Lane): Promise<void> {
    lane.isSending = true
    while (lane.waiting.length > 0) {
      const [next] = lane.waiting
      try {
        next!.resolve({ offset: await this.#send(lane.place, next!.messages) })
      } catch (error) {
        next!.reject(error)
        if (isDoubtful(error)) this.#refuseWaiting(lane, error)
      }
      lane.waiting.shift()
      lane.isSending = lane.waiting.length > 0
      this.#relieve(next!.sizeInBytes)
    }
  }

  /** @returns the offset of the first */
  async #send(place: TopicPartition, messages: readonly Message[]): Promise<number> {
    this.#client ??= this.#connect()
    const client = this.#client
    try {
      const offsets: number[] = []
      for (let from = 0; from < messages.length; from += messagesPerRequest) {
        const part = messages.slice(from, from + messagesPerRequest)
        const request = { topic: place.topic, acks: -1, compression: this.#compression, messages: part }
        offsets.push(offsetOf(await (await client).send(request), place))
      }
      return offsets[0] ?? -1
    } catch (thrown) {
      const error = asKafkaError(thrown, 'Produce', 'writes', place)
      if (isDoubtful(error)) await this.#forget(client)
      throw error
    }
  }

  async #connect(): Promise<KafkajsClient> {
    const client = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: partitionAsSet,
    })
    await client.connect()
    return client
  }

  /** What waits behind a batch in doubt must not overtake it. */
  #refuseWaiting(lane: Lane, cause: KafkaError): void {
    const message = `An earlier batch of ${partitionName(lane.place)} may be lost: ${cause.message}`
    for (const { reject, sizeInBytes } of lane.waiting.splice(1)) {
      reject(new KafkaError('retriable', cause.reason, 'Produce', message, { cause }))
      this.#relieve(sizeInBytes)
    }
  }

  async #forget(client: Promise<KafkajsClient> | null): Promise<void> {
    if (this.#client === client) this.#client = null
    await client?.then((each) => each.disconnect()).catch(() => undefined)
  }
}

function partitionAsSet(): ReturnType<kafkajs.ICustomPartitioner> {
  return ({ message }) => message.partition!
}

/** kafkajs sends nothing for a partition it has no leader for, and says nothing either. */
function offsetOf(answers: readonly kafkajs.RecordMetadata[], place: TopicPartition): number {
  const [answer] = answers
  if (answer?.baseOffset !== undefined) return Number(answer.baseOffset)
  throw refusal(errorCode.UNKNOWN_TOPIC_OR_PARTITION, 'Produce', partitionName(place))
}

/** Anything but a clear refusal of this batch. */
function isDoubtful(error: unknown): error is KafkaError {
  return error instanceof KafkaError && error.fault !== 'rejected'
}
