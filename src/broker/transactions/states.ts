/**
 * The states of a transaction at its coordinator, as tables (KIP-98; KIP-890 for protocol 2).
 * Kafka has one more, PrepareEpochFence, between a decision to fence and its being logged. Here both happen at once.
 */
import type { TransactionState as ReportedState } from '../../kafka/port.ts'
import type { ErrorName } from '../../wire/errors.ts'

export type TransactionState = Exclude<ReportedState, 'Dead' | 'PrepareEpochFence'>

/** Where an event leads, or the error with which it is refused. NONE: it was done before. */
export type Outcome = TransactionState | ErrorName

type Table<Event extends string> = Readonly<Record<TransactionState, Readonly<Record<Event, Outcome>>>>

/** Partitions or offsets become part of the transaction. */
export const onAdd: Readonly<Record<TransactionState, Outcome>> = {
  Empty: 'Ongoing',
  Ongoing: 'Ongoing',
  PrepareCommit: 'CONCURRENT_TRANSACTIONS',
  PrepareAbort: 'CONCURRENT_TRANSACTIONS',
  CompleteCommit: 'Ongoing',
  CompleteAbort: 'Ongoing',
}

/** InitProducerId. An open transaction is aborted first; the client asks again until that is done. */
export const onInitialise: Readonly<Record<TransactionState, Outcome>> = {
  Empty: 'Empty',
  Ongoing: 'PrepareAbort',
  PrepareCommit: 'CONCURRENT_TRANSACTIONS',
  PrepareAbort: 'CONCURRENT_TRANSACTIONS',
  CompleteCommit: 'Empty',
  CompleteAbort: 'Empty',
}

/** The last marker is written. */
export const onMarked: Readonly<Record<TransactionState, Outcome>> = {
  Empty: 'INVALID_TXN_STATE',
  Ongoing: 'INVALID_TXN_STATE',
  PrepareCommit: 'CompleteCommit',
  PrepareAbort: 'CompleteAbort',
  CompleteCommit: 'INVALID_TXN_STATE',
  CompleteAbort: 'INVALID_TXN_STATE',
}

export type Ending = 'commit' | 'abort'

/** EndTxn up to version 4: the epoch stays, so a repeated request looks like the first one. */
export const onEnd: Table<Ending> = {
  Empty: { commit: 'INVALID_TXN_STATE', abort: 'INVALID_TXN_STATE' },
  Ongoing: { commit: 'PrepareCommit', abort: 'PrepareAbort' },
  PrepareCommit: { commit: 'CONCURRENT_TRANSACTIONS', abort: 'CONCURRENT_TRANSACTIONS' },
  PrepareAbort: { commit: 'CONCURRENT_TRANSACTIONS', abort: 'CONCURRENT_TRANSACTIONS' },
  CompleteCommit: { commit: 'NONE', abort: 'INVALID_TXN_STATE' },
  CompleteAbort: { commit: 'INVALID_TXN_STATE', abort: 'NONE' },
}

/**
 * EndTxn from version 5 on: each transaction ends by raising the epoch, so a request with the epoch before is known to
 * be a repeated one, and one with the present epoch belongs to the next transaction, which may be aborted while it is
 * still empty.
 */
export const onEndRaising: Table<Ending | 'commitAgain' | 'abortAgain'> = {
  Empty: {
    commit: 'INVALID_TXN_STATE',
    abort: 'PrepareAbort',
    commitAgain: 'PRODUCER_FENCED',
    abortAgain: 'PRODUCER_FENCED',
  },
  Ongoing: {
    commit: 'PrepareCommit',
    abort: 'PrepareAbort',
    commitAgain: 'PRODUCER_FENCED',
    abortAgain: 'PRODUCER_FENCED',
  },
  PrepareCommit: {
    commit: 'CONCURRENT_TRANSACTIONS',
    abort: 'CONCURRENT_TRANSACTIONS',
    commitAgain: 'CONCURRENT_TRANSACTIONS',
    abortAgain: 'CONCURRENT_TRANSACTIONS',
  },
  PrepareAbort: {
    commit: 'CONCURRENT_TRANSACTIONS',
    abort: 'CONCURRENT_TRANSACTIONS',
    commitAgain: 'CONCURRENT_TRANSACTIONS',
    abortAgain: 'CONCURRENT_TRANSACTIONS',
  },
  CompleteCommit: {
    commit: 'INVALID_TXN_STATE',
    abort: 'PrepareAbort',
    commitAgain: 'NONE',
    abortAgain: 'INVALID_TXN_STATE',
  },
  CompleteAbort: {
    commit: 'INVALID_TXN_STATE',
    abort: 'PrepareAbort',
    commitAgain: 'INVALID_TXN_STATE',
    abortAgain: 'NONE',
  },
}

/** Whether the decision is made and markers are on their way: everything has to wait, whoever asks. */
export function isEnding(state: TransactionState): boolean {
  return state === 'PrepareCommit' || state === 'PrepareAbort'
}

/** Whether an outcome is a state to go to. */
export function isState(outcome: Outcome): outcome is TransactionState {
  return outcome in onAdd
}
