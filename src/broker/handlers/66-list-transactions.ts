/**
 * ListTransactions.
 * Version notes: 1 filter by how long a transaction has been open · 2 by a pattern of the id.
 */
import { ListTransactions } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { transactionStatus } from '../../wire/internal/transactions.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { transactionsPartition } from '../internal-topics.ts'
import { matching } from '../patterns.ts'
import type { Transaction } from '../transactions/transaction.ts'

type ListRequest = Request<typeof ListTransactions>

export const listTransactions: AnyHandler = handler({
  api: ListTransactions,
  execute(request, broker, { node }) {
    const now = broker.now()
    const isOurs = (id: string): boolean => broker.coordinators.nodeOf(transactionsPartition(id)) === node
    const passing = broker.transactions.all().filter((each) => isOurs(each.id) && passes(each, request, now))
    const listed = withPattern(passing, request.transactionalIdPattern)
    if (listed === null) return refused(errorCode.INVALID_REGULAR_EXPRESSION)
    return {
      throttleTimeMs: 0,
      errorCode: errorCode.NONE,
      unknownStateFilters: request.stateFilters.filter((state) => !(state in transactionStatus)),
      transactionStates: listed.map(({ id, producerId, state }) => ({
        transactionalId: id,
        producerId,
        transactionState: state,
      })),
    }
  },
  refuse: (_, code) => refused(code),
})

function refused(code: number): ResponseInput<typeof ListTransactions> {
  return { throttleTimeMs: 0, errorCode: code, unknownStateFilters: [], transactionStates: [] }
}

/** null when it is not a regular expression that can be tried. */
function withPattern(transactions: readonly Transaction[], pattern: string | null): readonly Transaction[] | null {
  if (pattern === null || pattern === '') return transactions
  const found = matching(
    pattern,
    transactions.map(({ id }) => id),
  )
  return found === null ? null : transactions.filter(({ id }) => found.has(id))
}

function passes({ state, producerId, startTime }: Transaction, request: ListRequest, now: number): boolean {
  const { stateFilters, producerIdFilters, durationFilter } = request
  return (
    (stateFilters.length === 0 || stateFilters.includes(state)) &&
    (producerIdFilters.length === 0 || producerIdFilters.includes(producerId)) &&
    (durationFilter < 0 || now - startTime > durationFilter)
  )
}
