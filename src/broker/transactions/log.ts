/** Where transactions are written down: each step is in `__transaction_state` before anybody is told of it. */
import type { Clock } from '../../clock.ts'
import { type InternalTopics, transactionsPartition, transactionsTopic } from '../internal-topics.ts'
import type { OwnRecord } from '../log/log.ts'
import { readTransaction, transactionRecord, transactionTombstone } from './records.ts'
import type { Transaction } from './transaction.ts'

export class TransactionLog {
  readonly #topics: InternalTopics
  readonly #clock: Clock
  readonly #version: 0 | 1

  constructor(topics: InternalTopics, clock: Clock, transactionVersion: number) {
    this.#topics = topics
    this.#clock = clock
    this.#version = transactionVersion === 0 ? 0 : 1
  }

  /** Writes the transaction as it is. */
  save(transaction: Transaction): void {
    transaction.updateTime = this.#clock.now()
    this.#append(transaction.id, transactionRecord(transaction, this.#version))
  }

  erase(id: string): void {
    this.#append(id, transactionTombstone(id))
  }

  /** The leader epoch of the partition an id falls into: markers of an older coordinator are known by theirs. */
  coordinatorEpoch(id: string): number {
    return this.#topics.log(transactionsPartition(id)).leaderEpoch
  }

  /** The last that is written of every id in a partition of the topic. */
  read(partition: number): Map<string, Transaction> {
    const transactions = new Map<string, Transaction>()
    const log = this.#topics.existing({ topic: transactionsTopic, partition })
    for (const batch of log?.batches() ?? []) {
      for (const cursor = batch.cursor(); cursor.next(); ) {
        const { bytes, keyStart, keyEnd, valueStart, valueEnd } = cursor
        const value = valueStart < 0 ? null : bytes.subarray(valueStart, valueEnd)
        const record = readTransaction(bytes.subarray(keyStart, keyEnd), value)
        if (record === null) continue
        if (record.transaction === null) transactions.delete(record.id)
        else transactions.set(record.id, record.transaction)
      }
    }
    return transactions
  }

  #append(id: string, record: OwnRecord): void {
    this.#topics.log(transactionsPartition(id)).appendOwn([record], this.#clock.now())
  }
}
