/** Transactions as records of `__transaction_state`, in Kafka's own schemas. */
import { partitionName } from '../../record.ts'
import {
  TransactionLogKey,
  TransactionLogValue,
  transactionKeyKind,
  transactionStatus,
} from '../../wire/internal/transactions.ts'
import { decodeKey, decodeValue, encodeKey, encodeValue, kindOfKey } from '../../wire/internal/versioned.ts'
import type { OwnRecord } from '../log/log.ts'
import { onAdd, type TransactionState } from './states.ts'
import { newTransaction, type Transaction } from './transaction.ts'

const stateOf: ReadonlyMap<number, TransactionState> = new Map(
  (Object.keys(onAdd) as TransactionState[]).map((state) => [transactionStatus[state], state]),
)

/** The transaction as it is. `version` 0 is read by coordinators from before protocol 2. */
export function transactionRecord(transaction: Transaction, version: 0 | 1): OwnRecord {
  const { state, partitions } = transaction
  const value = encodeValue(TransactionLogValue, version, {
    producerId: transaction.producerId,
    previousProducerId: transaction.previousProducerId,
    nextProducerId: transaction.nextProducerId,
    producerEpoch: transaction.epoch,
    transactionTimeoutMs: transaction.timeoutMilliseconds,
    transactionStatus: transactionStatus[state],
    transactionPartitions: state === 'Empty' ? null : byTopic(partitions),
    transactionLastUpdateTimestampMs: transaction.updateTime,
    transactionStartTimestampMs: transaction.startTime,
    clientTransactionVersion: transaction.protocol,
  })
  return { key: keyOf(transaction.id), value }
}

export function transactionTombstone(id: string): OwnRecord {
  return { key: keyOf(id), value: null }
}

/** Whose record it is; without a transaction it is a tombstone. null: a kind we do not know. @throws WireError */
export function readTransaction(
  key: Buffer,
  value: Buffer | null,
): { readonly id: string; readonly transaction: Transaction | null } | null {
  if (kindOfKey(key) !== transactionKeyKind) return null
  const { transactionalId: id } = decodeKey(TransactionLogKey, key)
  return { id, transaction: value === null ? null : decode(id, value) }
}

/** A state we do not know is one in which nothing is open. */
function decode(id: string, bytes: Buffer): Transaction | null {
  const value = decodeValue(TransactionLogValue, bytes)
  const state = stateOf.get(value.transactionStatus)
  if (state === undefined) return null
  const transaction = newTransaction(id, value.producerId, value.transactionTimeoutMs)
  transaction.state = state
  transaction.epoch = value.producerEpoch
  transaction.previousProducerId = value.previousProducerId
  transaction.nextProducerId = value.nextProducerId
  transaction.startTime = value.transactionStartTimestampMs
  transaction.updateTime = value.transactionLastUpdateTimestampMs
  transaction.protocol = value.clientTransactionVersion
  for (const { topic, partitionIds } of value.transactionPartitions ?? []) {
    for (const partition of partitionIds)
      transaction.partitions.set(partitionName({ topic, partition }), { topic, partition })
  }
  return transaction
}

function byTopic(partitions: Transaction['partitions']): { topic: string; partitionIds: number[] }[] {
  return [...Map.groupBy(partitions.values(), ({ topic }) => topic)].map(([topic, those]) => ({
    topic,
    partitionIds: those.map(({ partition }) => partition),
  }))
}

function keyOf(transactionalId: string): Buffer {
  return encodeKey(TransactionLogKey, transactionKeyKind, { transactionalId })
}
