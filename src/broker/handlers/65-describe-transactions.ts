/**
 * DescribeTransactions.
 * Behaviour: the state of each transactional id and the partitions of its transaction that still lack a marker.
 */
import { DescribeTransactions } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { ResponseInput } from '../../wire/schema.ts'
import { transactionCoordinatorProblem } from '../coordinator-problem.ts'
import { type AnyHandler, handler } from '../handler.ts'
import type { Transaction } from '../transactions/transaction.ts'

type Described = ResponseInput<typeof DescribeTransactions>['transactionStates'][number]

export const describeTransactions: AnyHandler = handler({
  api: DescribeTransactions,
  execute({ transactionalIds }, broker, caller) {
    const transactionStates = transactionalIds.map((id) => {
      const code = transactionCoordinatorProblem(broker, caller, id)
      if (code !== errorCode.NONE) return missing(id, code)
      const transaction = broker.transactions.get(id)
      return transaction === undefined ? missing(id, errorCode.TRANSACTIONAL_ID_NOT_FOUND) : describe(transaction)
    })
    return { throttleTimeMs: 0, transactionStates }
  },
  refuse: ({ transactionalIds }, code) => ({
    throttleTimeMs: 0,
    transactionStates: transactionalIds.map((id) => missing(id, code)),
  }),
})

function describe(transaction: Transaction): Described {
  const partitions = Map.groupBy(transaction.partitions.values(), ({ topic }) => topic)
  return {
    errorCode: errorCode.NONE,
    transactionalId: transaction.id,
    transactionState: transaction.state,
    transactionTimeoutMs: transaction.timeoutMilliseconds,
    transactionStartTimeMs: transaction.startTime,
    producerId: transaction.producerId,
    producerEpoch: transaction.epoch,
    topics: [...partitions].map(([topic, those]) => ({ topic, partitions: those.map(({ partition }) => partition) })),
  }
}

function missing(transactionalId: string, code: number): Described {
  return {
    errorCode: code,
    transactionalId,
    transactionState: '',
    transactionTimeoutMs: 0,
    transactionStartTimeMs: 0,
    producerId: 0,
    producerEpoch: 0,
    topics: [],
  }
}
