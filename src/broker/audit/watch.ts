/** Tells the auditor what requests and their answers, and markers, mean for exactly-once. */
import type { TopicPartition } from '../../record.ts'
import { type EndTxn, type InitProducerId, OffsetCommit, OffsetFetch, TxnOffsetCommit } from '../../wire/apis/index.ts'
import { errorCode, errorName } from '../../wire/errors.ts'
import type { Api, Request, Response } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import type { Exchange } from '../exchange.ts'
import { offsetsPartition, offsetsTopic } from '../internal-topics.ts'
import type { Marker } from '../log/log.ts'
import { Auditor } from './auditor.ts'
import type { AuditReport, Violation } from './report.ts'

/** The codes by which a coordinator says that somebody is not, or no more, who it was. */
const refusals: ReadonlySet<number> = new Set([
  errorCode.ILLEGAL_GENERATION,
  errorCode.UNKNOWN_MEMBER_ID,
  errorCode.FENCED_INSTANCE_ID,
  errorCode.STALE_MEMBER_EPOCH,
])

export class Watch {
  readonly #auditor = new Auditor()
  readonly #broker: () => Broker

  constructor(broker: () => Broker) {
    this.#broker = broker
  }

  report(): AuditReport {
    return this.#auditor.report(overdue(this.#broker()))
  }

  /** A marker was written. */
  marker({ topic, partition }: TopicPartition, { producerId, type }: Marker): void {
    if (topic !== offsetsTopic) return
    this.#auditor.settled(producerId, (groupId) => offsetsPartition(groupId).partition === partition, type)
  }

  /** A request was executed. */
  exchange(exchange: Exchange): void {
    if (exchange.executed && exchange.response !== null) this.#handlers[exchange.api]?.(exchange)
  }

  readonly #handlers: Readonly<Record<string, (exchange: Exchange) => void>> = {
    InitProducerId: (exchange) => {
      const { transactionalId, producerId } = of<typeof InitProducerId>(exchange).request
      // Who says which producer it was, and is believed, goes on (KIP-360): nobody was there in between.
      if (transactionalId === null || !isAccepted(exchange)) return
      if (producerId < 0) this.#auditor.initialised(transactionalId)
      else this.#auditor.renewed(transactionalId)
    },
    EndTxn: (exchange) => {
      const { transactionalId, committed } = of<typeof EndTxn>(exchange).request
      if (isAccepted(exchange)) this.#auditor.ended(transactionalId, committed ? 'commit' : 'abort')
    },
    [TxnOffsetCommit.name]: (exchange) => this.#staged(exchange),
    [OffsetCommit.name]: (exchange) => this.#committed(exchange),
    [OffsetFetch.name]: (exchange) => this.#read(exchange),
  }

  #staged(exchange: Exchange): void {
    const { request, response } = of<typeof TxnOffsetCommit>(exchange)
    const { groupId, transactionalId, producerId, producerEpoch: epoch, generationId: generation } = request
    const { clientId } = exchange.caller
    for (const [at, { name, partitions }] of request.topics.entries()) {
      for (const [index, { partitionIndex, committedOffset: offset }] of partitions.entries()) {
        const code = response.topics[at]!.partitions[index]!.errorCode
        if (refusals.has(code)) this.#auditor.refused(transactionalId, errorName(code))
        if (code !== errorCode.NONE) continue
        const partition = { topic: name, partition: partitionIndex }
        const position = { groupId, partition, transactionalId, producerId, epoch, clientId, generation, offset }
        this.#auditor.staged(position)
      }
    }
  }

  #committed(exchange: Exchange): void {
    const { request, response } = of<typeof OffsetCommit>(exchange)
    for (const { name, partitions } of response.topics) {
      for (const { partitionIndex, errorCode: code } of partitions) {
        if (code !== errorCode.NONE) continue
        this.#auditor.committed(request.groupId, { topic: name, partition: partitionIndex })
      }
    }
  }

  #read(exchange: Exchange): void {
    const { request, response } = of<typeof OffsetFetch>(exchange)
    const groups = request.groups.length > 0 ? response.groups : [{ ...response, groupId: request.groupId }]
    for (const { groupId, topics } of groups) {
      const generation = this.#broker().groups.get(groupId)?.generation ?? -1
      for (const { name, partitions } of topics) {
        for (const { partitionIndex, errorCode: code } of partitions) {
          if (code !== errorCode.NONE) continue
          const partition = { topic: name, partition: partitionIndex }
          this.#auditor.read(groupId, partition, exchange.caller.clientId, generation)
        }
      }
    }
  }
}

/** The exchange in the types of its API. An answer of ours is as complete as one decoded. */
function of<A extends Api>({ request, response }: Exchange): { request: Request<A>; response: Response<A> } {
  return { request: request as Request<A>, response: response as Response<A> }
}

function isAccepted({ response }: Exchange): boolean {
  return response?.errorCode === errorCode.NONE
}

function overdue({ transactions, settings }: Broker): Violation[] {
  const latest = settings.clock.now() - settings.transactionCheckInterval
  return transactions
    .all()
    .filter(
      ({ state, startTime, timeoutMilliseconds }) => state === 'Ongoing' && startTime + timeoutMilliseconds < latest,
    )
    .map(({ id, timeoutMilliseconds }) => ({
      kind: 'overdue',
      transactionalId: id,
      groupId: null,
      partition: null,
      text: `${id} is open for longer than its ${timeoutMilliseconds} ms and the time between two checks`,
    }))
}
