/** Appends outside transactions, idempotent. */
import type { TopicPartition } from '../../../record.ts'
import { InitProducerId } from '../../../wire/apis/22-init-producer-id.ts'
import type { BatchBuilder, Compression } from '../../../wire/batch.ts'
import { closed, refusal } from '../../faults.ts'
import type { Appended, Producer, ProducerOptions } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Identity } from './lane.ts'
import { Sender } from './sender.ts'

const defaultMaxBufferedBytes = 32 * 1024 * 1024

/**
 * Takes a producer id when the first batch comes, and a new one after a failure that leaves the sequences in doubt;
 * the batches that were waiting then are refused, never sent twice.
 */
export class NativeProducer implements Producer {
  readonly #cluster: Cluster
  #sender: Promise<Sender> | null = null
  #ready: Sender | null = null
  /** Batches that wait for the producer id. */
  #early = 0
  #isClosed = false
  readonly #maxBufferedBytes: number
  readonly #compression: Compression
  /** Batches that are neither acknowledged nor refused. */
  #unsettled = 0
  /** Theirs, as their builders had them. */
  #bufferedBytes = 0
  /** Called whenever a batch is settled. */
  #waiting: (() => void)[] = []

  constructor(
    cluster: Cluster,
    { maxBufferedBytes = defaultMaxBufferedBytes, compression = 'none' }: ProducerOptions = {},
  ) {
    this.#cluster = cluster
    this.#compression = compression
    this.#maxBufferedBytes = maxBufferedBytes
  }

  append(partition: TopicPartition, batch: BatchBuilder): Promise<Appended> {
    if (this.#isClosed) return Promise.reject(closed('Produce'))
    const bytes = batch.sizeInBytes
    this.#unsettled++
    this.#bufferedBytes += bytes
    const appended = this.#append(partition, batch)
    const settled = () => this.#settled(bytes)
    appended.then(settled, settled)
    return appended
  }

  async room(): Promise<void> {
    while (this.#bufferedBytes >= this.#maxBufferedBytes) await this.#nextSettled()
  }

  #nextSettled(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #settled(bytes: number): void {
    this.#unsettled--
    this.#bufferedBytes -= bytes
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #append(partition: TopicPartition, batch: BatchBuilder): Promise<Appended> {
    if (this.#ready !== null && this.#early === 0) return this.#ready.append(partition, batch)
    const records = batch.count
    return this.#appendEarly(partition, batch.build({ compression: this.#compression }), records)
  }

  /** What was appended before is still sent. */
  async close(): Promise<void> {
    this.#isClosed = true
    while (this.#unsettled > 0) await this.#nextSettled()
    this.#ready?.fail(closed('Produce'))
  }

  /** Before the producer id is there. Later appends wait behind these, so that none overtakes. */
  async #appendEarly(partition: TopicPartition, bytes: Buffer, records: number): Promise<Appended> {
    this.#early++
    try {
      this.#sender ??= this.#start()
      const sender = await this.#sender
      // Not awaited here: once it stands in its place the next may come.
      return sender.appendBuilt(partition, bytes, records)
    } finally {
      this.#early--
    }
  }

  async #start(): Promise<Sender> {
    try {
      const identity = await newIdentity(this.#cluster)
      const sender = new Sender(this.#cluster, identity, {
        transactionalId: null,
        compression: this.#compression,
        cap: Number.POSITIVE_INFINITY,
        isLossFinal: false,
        failed: () => this.#forget(),
      })
      this.#ready = sender
      return sender
    } catch (error) {
      this.#forget()
      throw error
    }
  }

  #forget(): void {
    this.#sender = null
    this.#ready = null
  }
}

/** A producer id that belongs to no transactional id. */
async function newIdentity(cluster: Cluster): Promise<Identity> {
  const body = () => ({ transactionalId: null, transactionTimeoutMs: cluster.config.requestTimeout })
  return cluster.repeat(async () => {
    const answer = await cluster.askAny(InitProducerId, body)
    if (answer.errorCode !== 0) throw refusal(answer.errorCode, 'InitProducerId', 'an idempotent producer')
    return { producerId: answer.producerId, producerEpoch: answer.producerEpoch }
  })
}
