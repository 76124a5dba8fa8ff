/** Requests of a script, and their answers in a form that is equal wherever two brokers behave alike. */
import * as apis from '../../../src/wire/apis/index.ts'
import { errorCode, errorName } from '../../../src/wire/errors.ts'
import type { Response } from '../../../src/wire/schema.ts'
import { batchOf, WireClient } from '../../broker/wire-client.ts'

/** Highest versions a client uses under each transaction protocol. */
const versionsOf = {
  2: { produce: 12, endTransaction: 5, commitOffsets: 5 },
  0: { produce: 10, endTransaction: 4, commitOffsets: 3 },
} as const

export interface Producer {
  readonly id: string
  readonly producerId: number
  readonly epoch: number
}

export interface Member {
  readonly memberId: string
  readonly generationId: number
  readonly instanceId?: string | null
}

const starting: readonly number[] = [
  errorCode.COORDINATOR_NOT_AVAILABLE,
  errorCode.COORDINATOR_LOAD_IN_PROGRESS,
  errorCode.NOT_COORDINATOR,
  errorCode.CONCURRENT_TRANSACTIONS,
]

export class Session {
  readonly client: WireClient
  readonly topic: string
  readonly versions: (typeof versionsOf)[2 | 0]
  readonly protocol: 2 | 0
  /** What was answered, in order. */
  readonly answers: string[]
  readonly #address: string

  constructor(address: string, topic: string, protocol: 2 | 0, answers: string[] = []) {
    this.#address = address
    this.answers = answers
    this.client = new WireClient(address)
    this.topic = topic
    this.protocol = protocol
    this.versions = versionsOf[protocol]
  }

  /** Another connection to the same broker, closed with this one. Its answers are noted here. */
  another(): Session {
    const other = new Session(this.#address, this.topic, this.protocol, this.answers)
    void this.client.closed.then(() => other.client.close())
    return other
  }

  /** Notes an answer under a name. */
  async note(name: string, answer: unknown): Promise<void> {
    this.answers.push(`${name}: ${JSON.stringify(await answer)}`)
  }

  /** Asks again while the broker is getting ready or ends an earlier transaction. */
  async settled<T>(ask: () => Promise<T>, codeOf: (answer: T) => number): Promise<T> {
    for (let attempt = 0; attempt < 500; attempt++) {
      const answer = await ask()
      if (!starting.includes(codeOf(answer))) return answer
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error('the broker did not get ready')
  }

  async createTopic(
    numPartitions: number,
    name: string = this.topic,
    configs: readonly { readonly name: string; readonly value: string }[] = [],
  ): Promise<string> {
    const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs }
    const body = { topics: [topic], timeoutMs: 5000, validateOnly: false }
    const { topics } = await this.client.send(apis.CreateTopics, 7, body)
    await this.isLed(name, numPartitions)
    return topics[0]!.topicId
  }

  /** A partition is led some moments after it was created. */
  async isLed(name: string, count: number): Promise<void> {
    const partitions = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1 }))
    const body = { replicaId: -1, isolationLevel: 0, topics: [{ name, partitions }] }
    const ask = () => this.client.send(apis.ListOffsets, 7, body)
    await this.settled(ask, ({ topics }) => {
      const isReady = topics[0]!.partitions.every(({ errorCode: code }) => code === errorCode.NONE)
      return isReady ? errorCode.NONE : errorCode.COORDINATOR_NOT_AVAILABLE
    })
  }

  /** Makes sure that the coordinator of a group (0) or transactional id (1) answers, and has read what it has to. */
  async findCoordinator(key: string, keyType: 0 | 1): Promise<void> {
    const ask = () => this.client.send(apis.FindCoordinator, 4, { keyType, coordinatorKeys: [key] })
    await this.settled(ask, ({ coordinators }) => coordinators[0]!.errorCode)
    if (keyType === 1) await this.#transactionsAreLoaded(key)
    else await this.#groupsAreLoaded(key)
  }

  async #groupsAreLoaded(groupId: string): Promise<void> {
    const groups = [{ groupId, topics: [{ name: this.topic, partitionIndexes: [0] }] }]
    const ask = () => this.client.send(apis.OffsetFetch, 8, { groups, requireStable: false })
    await this.settled(ask, ({ groups: answers }) => answers[0]!.errorCode)
  }

  async #transactionsAreLoaded(id: string): Promise<void> {
    const ask = () => this.client.send(apis.DescribeTransactions, 0, { transactionalIds: [id] })
    await this.settled(ask, ({ transactionStates }) => transactionStates[0]!.errorCode)
  }

  initialise(id: string, expected?: Producer, version = 5, transactionTimeoutMs = 60_000) {
    return this.client.send(apis.InitProducerId, version, {
      transactionalId: id,
      transactionTimeoutMs,
      ...(version >= 3 && { producerId: expected?.producerId ?? -1, producerEpoch: expected?.epoch ?? -1 }),
    })
  }

  async initialiseCode(...words: Parameters<Session['initialise']>): Promise<string> {
    return errorName((await this.initialise(...words)).errorCode)
  }

  async producer(id: string): Promise<Producer> {
    const { producerId, producerEpoch } = await this.settled(
      () => this.initialise(id),
      ({ errorCode: code }) => code,
    )
    return { id, producerId, epoch: producerEpoch }
  }

  async addPartitions({ id, producerId, epoch }: Producer, ...partitions: number[]): Promise<string[]> {
    const { resultsByTopicV3AndBelow: results } = await this.client.send(apis.AddPartitionsToTxn, 3, {
      v3AndBelowTransactionalId: id,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: epoch,
      v3AndBelowTopics: [{ name: this.topic, partitions }],
    })
    return results.flatMap(({ resultsByPartition }) =>
      resultsByPartition
        .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
        .map(({ partitionErrorCode }) => errorName(partitionErrorCode)),
    )
  }

  async addOffsets({ id, producerId, epoch }: Producer, groupId: string): Promise<string> {
    const body = { transactionalId: id, producerId, producerEpoch: epoch, groupId }
    return errorName((await this.client.send(apis.AddOffsetsToTxn, 3, body)).errorCode)
  }

  /** Begins a transaction, where the protocol has a request for that. */
  async begin(producer: Producer, ...partitions: number[]): Promise<void> {
    if (this.protocol === 0) await this.addPartitions(producer, ...partitions)
  }

  write(producer: Producer, baseSequence: number, partition = 0, version: number = this.versions.produce) {
    const { id, producerId, epoch: producerEpoch } = producer
    const records = batchOf(['k=v'], { producerId, producerEpoch, baseSequence, transactional: true })
    return this.produce(records, { transactionalId: id, partition, version })
  }

  async produce(
    records: Buffer,
    options: {
      transactionalId?: string | null
      partition?: number
      version?: number
      topic?: string
      acks?: number
    } = {},
  ): Promise<string> {
    const { transactionalId = null, partition = 0, version = 9, topic = this.topic, acks = -1 } = options
    const topicData = [{ name: topic, partitionData: [{ index: partition, records }] }]
    const body = { transactionalId, acks, timeoutMs: 5000, topicData }
    const { responses } = await this.client.send(apis.Produce, version, body)
    const { errorCode: code, baseOffset } = responses[0]!.partitionResponses[0]!
    return `${errorName(code)} @${baseOffset}`
  }

  /** The error, and how far the epoch went up. */
  async end({ id, producerId, epoch }: Producer, committed: boolean, version: number = this.versions.endTransaction) {
    const body = { transactionalId: id, producerId, producerEpoch: epoch, committed }
    const { errorCode: code, producerEpoch } = await this.client.send(apis.EndTxn, version, body)
    return [errorName(code), producerEpoch < 0 ? 'no epoch' : producerEpoch - epoch]
  }

  /** EndTxn and the identity it gives. */
  async endOnce(
    producer: { readonly transactionalId: string; readonly producerId: number; readonly producerEpoch: number },
    committed: boolean,
  ): Promise<[code: string, producerId: number, epoch: number]> {
    const body = { ...producer, committed }
    const answer = await this.client.send(apis.EndTxn, this.versions.endTransaction, body)
    return [errorName(answer.errorCode), answer.producerId, answer.producerEpoch]
  }

  /** Ends a transaction and waits for its markers. */
  async endAndWait(producer: Producer, committed: boolean): Promise<unknown> {
    const ended = await this.end(producer, committed)
    await this.ended(producer.id)
    return ended
  }

  async ended(id: string): Promise<void> {
    const ask = () => this.client.send(apis.DescribeTransactions, 0, { transactionalIds: [id] })
    await this.settled(ask, ({ transactionStates }) =>
      transactionStates[0]!.transactionState.startsWith('Prepare') ? errorCode.CONCURRENT_TRANSACTIONS : 0,
    )
  }

  async state(id: string): Promise<unknown> {
    const { transactionStates } = await this.client.send(apis.DescribeTransactions, 0, { transactionalIds: [id] })
    const { errorCode: code, transactionState, producerEpoch, topics } = transactionStates[0]!
    return [errorName(code), transactionState, producerEpoch, topics.flatMap(({ partitions }) => partitions)]
  }

  async commitInTransaction(
    { id, producerId, epoch }: Producer,
    groupId: string,
    { memberId, generationId }: Member = { memberId: '', generationId: -1 },
    version: number = this.versions.commitOffsets,
  ): Promise<string> {
    const partitions = [{ partitionIndex: 0, committedOffset: 7, committedMetadata: '' }]
    const { topics } = await this.client.send(apis.TxnOffsetCommit, version, {
      transactionalId: id,
      groupId,
      producerId,
      producerEpoch: epoch,
      ...(version >= 3 && { generationId, memberId, groupInstanceId: null }),
      topics: [{ name: this.topic, partitions }],
    })
    return errorName(topics[0]!.partitions[0]!.errorCode)
  }

  async positions(groupId: string, requireStable: boolean): Promise<unknown> {
    const topics = [{ name: this.topic, partitionIndexes: [0, 1] }]
    const { groups } = await this.client.send(apis.OffsetFetch, 8, { groups: [{ groupId, topics }], requireStable })
    return groups[0]!.topics[0]!.partitions.map(({ committedOffset, metadata, errorCode: code }) => [
      committedOffset,
      metadata,
      errorName(code),
    ])
  }

  join(memberId: string, groupId: string, options: Joining = {}): Promise<Response<typeof apis.JoinGroup>> {
    const { version = 9, instanceId = null, sessionTimeoutMs = 10_000, metadata = 'm' } = options
    const { rebalanceTimeoutMs = 10_000 } = options
    return this.client.send(apis.JoinGroup, version, {
      groupId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from(metadata) }],
      ...(version >= 5 && { groupInstanceId: instanceId }),
    })
  }

  async sync(groupId: string, member: Member, protocolName = 'range'): Promise<unknown> {
    const { memberId, generationId, instanceId = null } = member
    const answer = await this.client.send(apis.SyncGroup, 5, {
      groupId,
      generationId,
      memberId,
      groupInstanceId: instanceId,
      protocolType: 'consumer',
      protocolName,
      assignments: [{ memberId, assignment: Buffer.from('assigned') }],
    })
    return [errorName(answer.errorCode), answer.assignment.toString(), answer.protocolName]
  }

  async heartbeat(groupId: string, { memberId, generationId, instanceId = null }: Member): Promise<string> {
    const body = { groupId, generationId, memberId, groupInstanceId: instanceId }
    return errorName((await this.client.send(apis.Heartbeat, 4, body)).errorCode)
  }

  async commit(groupId: string, { memberId, generationId }: Member, topic: string = this.topic): Promise<string> {
    const partitions = [{ partitionIndex: 0, committedOffset: 3, committedMetadata: 'x' }]
    const { topics } = await this.client.send(apis.OffsetCommit, 8, {
      groupId,
      generationIdOrMemberEpoch: generationId,
      memberId,
      groupInstanceId: null,
      topics: [{ name: topic, partitions }],
    })
    return errorName(topics[0]!.partitions[0]!.errorCode)
  }

  async leave(groupId: string, memberId: string, groupInstanceId: string | null = null): Promise<string[]> {
    const { errorCode: code, members } = await this.client.send(apis.LeaveGroup, 5, {
      groupId,
      members: [{ memberId, groupInstanceId, reason: null }],
    })
    return [errorName(code), ...members.map((member) => errorName(member.errorCode))]
  }
}

interface Joining {
  readonly version?: number
  readonly instanceId?: string | null
  readonly sessionTimeoutMs?: number
  readonly metadata?: string
  readonly rebalanceTimeoutMs?: number
}
