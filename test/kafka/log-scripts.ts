/** A small writer that speaks to any broker: plain batches and transactions, one after another. */
import {
  CreateTopics,
  DeleteRecords,
  EndTxn,
  Fetch,
  FindCoordinator,
  IncrementalAlterConfigs,
  InitProducerId,
  ListOffsets,
  Produce,
  TxnOffsetCommit,
} from '../../src/wire/apis/index.ts'
import { BatchBuilder, type BuildOptions, type RecordBatch, readBatches } from '../../src/wire/batch.ts'
import { errorCode, errorName } from '../../src/wire/errors.ts'
import { WireClient } from '../broker/wire-client.ts'
import { until } from '../contracts/tools.ts'

/** Key and value, null for none. */
export type Row = readonly [key: string | null, value: string | null]

export interface Transactional {
  readonly id: string
  producerId: number
  producerEpoch: number
  sequence: number
}

const passing: readonly number[] = [
  errorCode.COORDINATOR_LOAD_IN_PROGRESS,
  errorCode.COORDINATOR_NOT_AVAILABLE,
  errorCode.NOT_COORDINATOR,
  errorCode.CONCURRENT_TRANSACTIONS,
  errorCode.UNKNOWN_TOPIC_OR_PARTITION,
  errorCode.NOT_LEADER_OR_FOLLOWER,
]

export class LogWriter {
  readonly #client: WireClient

  constructor(address: string) {
    this.#client = new WireClient(address)
  }

  close(): void {
    this.#client.close()
  }

  async create(name: string, configs: Readonly<Record<string, string>>): Promise<void> {
    const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
    const topics = [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: entries }]
    const { topics: answers } = await this.#client.send(CreateTopics, 5, {
      topics,
      timeoutMs: 9000,
      validateOnly: false,
    })
    check(answers[0]!.errorCode)
  }

  async configure(name: string, settings: Readonly<Record<string, string>>): Promise<void> {
    const configs = Object.entries(settings).map(([key, value]) => ({ name: key, configOperation: 0, value }))
    const resources = [{ resourceType: 2, resourceName: name, configs }]
    const { responses } = await this.#client.send(IncrementalAlterConfigs, 1, { resources, validateOnly: false })
    check(responses[0]!.errorCode)
  }

  /** Appends a batch and gives its offset. */
  async write(topic: string, rows: readonly Row[], time: number, by?: Transactional, more: BuildOptions = {}) {
    const identity = by && { producerId: by.producerId, producerEpoch: by.producerEpoch, baseSequence: by.sequence }
    const options = { ...more, ...(identity && { ...identity, transactional: true }) }
    const topicData = () => {
      const builder = new BatchBuilder()
      for (const [key, value] of rows) builder.append(time, key, value)
      return [{ name: topic, partitionData: [{ index: 0, records: builder.build(options) }] }]
    }
    const offset = await this.#insist(async () => {
      const request = { transactionalId: by?.id ?? null, acks: -1, timeoutMs: 9000, topicData: topicData() }
      const { responses } = await this.#client.send(Produce, 12, request)
      const [answer] = responses[0]!.partitionResponses
      return { code: answer!.errorCode, value: answer!.baseOffset }
    })
    if (by !== undefined) by.sequence += rows.length
    return offset
  }

  async begin(id: string): Promise<Transactional> {
    await this.#insist(async () => {
      const asked = { keyType: 1, coordinatorKeys: [id] }
      const { coordinators } = await this.#client.send(FindCoordinator, 4, asked)
      return { code: coordinators[0]!.errorCode, value: null }
    })
    return this.#insist(async () => {
      const request = { transactionalId: id, transactionTimeoutMs: 60_000, producerId: -1, producerEpoch: -1 }
      const { errorCode: code, producerId, producerEpoch } = await this.#client.send(InitProducerId, 4, request)
      return { code, value: { id, producerId, producerEpoch, sequence: 0 } }
    })
  }

  /** Makes a group's position part of the transaction. */
  async commitPosition(by: Transactional, groupId: string, topic: string, committedOffset: number): Promise<void> {
    const partitions = [{ partitionIndex: 0, committedOffset, committedLeaderEpoch: -1, committedMetadata: '' }]
    const member = { generationId: -1, memberId: '', groupInstanceId: null }
    await this.#insist(async () => {
      const { coordinators } = await this.#client.send(FindCoordinator, 4, { keyType: 0, coordinatorKeys: [groupId] })
      return { code: coordinators[0]!.errorCode, value: null }
    })
    await this.#insist(async () => {
      const { id: transactionalId, producerId, producerEpoch } = by
      const request = { transactionalId, groupId, producerId, producerEpoch, ...member }
      const answer = await this.#client.send(TxnOffsetCommit, 5, { ...request, topics: [{ name: topic, partitions }] })
      return { code: answer.topics[0]!.partitions[0]!.errorCode, value: null }
    })
  }

  /** Ends the transaction under protocol 2; `by` is ready for the next. */
  async end(by: Transactional, committed: boolean): Promise<void> {
    const { id: transactionalId, producerId, producerEpoch } = by
    const next = await this.#insist(async () => {
      const answer = await this.#client.send(EndTxn, 5, { transactionalId, producerId, producerEpoch, committed })
      return { code: answer.errorCode, value: answer }
    })
    Object.assign(by, { producerId: next.producerId, producerEpoch: next.producerEpoch, sequence: 0 })
  }

  async deleteBelow(name: string, offset: number): Promise<void> {
    const partitions = [{ partitionIndex: 0, offset }]
    const { topics } = await this.#client.send(DeleteRecords, 2, { topics: [{ name, partitions }], timeoutMs: 9000 })
    check(topics[0]!.partitions[0]!.errorCode)
  }

  /** What ListOffsets says of each time: offset, time and leader epoch. */
  async list(name: string, times: readonly number[], committed = false): Promise<unknown[]> {
    const listed: unknown[] = []
    for (const timestamp of times) {
      const topics = [{ name, partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp }] }]
      const request = { replicaId: -1, isolationLevel: committed ? 1 : 0, topics, timeoutMs: 1000 }
      const answer = (await this.#client.send(ListOffsets, 9, request)).topics[0]!.partitions[0]!
      listed.push([timestamp, answer.errorCode, answer.offset, answer.timestamp, answer.leaderEpoch])
    }
    return listed
  }

  /** Every batch of a partition as it lies in the log. */
  async batches(topic: string, partition = 0): Promise<RecordBatch[]> {
    const found: RecordBatch[] = []
    for (let offset = 0; ; ) {
      const batches = await this.#fetch(topic, partition, offset)
      if (batches.length === 0) return found
      found.push(...batches)
      offset = batches.at(-1)!.nextOffset
    }
  }

  async #fetch(topic: string, partition: number, fetchOffset: number): Promise<RecordBatch[]> {
    const wanted = { partition, fetchOffset, currentLeaderEpoch: -1, lastFetchedEpoch: -1, logStartOffset: -1 }
    const topics = [{ topic, partitions: [{ ...wanted, partitionMaxBytes: 1e8 }] }]
    const limits = { replicaId: -1, maxWaitMs: 0, minBytes: 0, maxBytes: 1e8, isolationLevel: 0, rackId: '' }
    const session = { sessionId: 0, sessionEpoch: -1, topics, forgottenTopicsData: [] }
    const { responses } = await this.#client.send(Fetch, 11, { ...limits, ...session })
    const [answer] = responses[0]!.partitions
    check(answer!.errorCode)
    return readBatches(Buffer.concat([answer!.records as Buffer]))
  }

  /** Asks again while the answer is of those that pass. */
  async #insist<Value>(ask: () => Promise<{ readonly code: number; readonly value: Value }>): Promise<Value> {
    let answer = await ask()
    await until('the broker is ready', async () => {
      if (passing.includes(answer.code)) answer = await ask()
      return !passing.includes(answer.code)
    })
    check(answer.code)
    return answer.value
  }
}

function check(code: number): void {
  if (code !== errorCode.NONE) throw new Error(`the broker said ${errorName(code)}`)
}
