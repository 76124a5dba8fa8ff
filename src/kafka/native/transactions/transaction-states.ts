/** The life of a transactional id as a table: every state, every event. */

export type TransactionPhase =
  /** No producer id yet, or none that may be used: only `init` helps. */
  | 'uninitialised'
  | 'initialising'
  /** No transaction is open. */
  | 'ready'
  | 'open'
  /** The open transaction can only be aborted. */
  | 'failed'
  | 'committing'
  | 'aborting'
  /** A request may or may not have been executed: only `init` settles it. */
  | 'unknown'
  /** Another producer uses the id. */
  | 'fenced'
  | 'closed'

export type TransactionEvent =
  | 'init'
  | 'initialised'
  /** An append or offsets: the first one begins the transaction. */
  | 'write'
  | 'fail'
  | 'commit'
  | 'abort'
  /** EndTxn was answered with success. */
  | 'ended'
  | 'lose'
  | 'fence'
  | 'close'

/** Why an event is refused in a state; the state stays. */
export type Refusal =
  | 'refuse-uninitialised'
  | 'refuse-busy'
  | 'refuse-failed'
  | 'refuse-unknown'
  | 'refuse-fenced'
  | 'refuse-closed'

type Row = Readonly<Record<TransactionEvent, TransactionPhase | Refusal>>

/**
 * The total table. An answer that comes too late for its state (`fail` when the transaction has ended, `lose` after
 * `fence`) leaves the worse of the two.
 */
// biome-ignore format: a table is read in columns
export const transactionTable: Readonly<Record<TransactionPhase, Row>> = {
  uninitialised: { init: 'initialising', initialised: 'uninitialised', write: 'refuse-uninitialised', fail: 'uninitialised', commit: 'refuse-uninitialised', abort: 'refuse-uninitialised', ended: 'uninitialised', lose: 'uninitialised', fence: 'fenced', close: 'closed' },
  initialising:  { init: 'refuse-busy', initialised: 'ready', write: 'refuse-busy', fail: 'uninitialised', commit: 'refuse-busy', abort: 'refuse-busy', ended: 'initialising', lose: 'unknown', fence: 'fenced', close: 'closed' },
  ready:         { init: 'initialising', initialised: 'ready', write: 'open', fail: 'ready', commit: 'ready', abort: 'ready', ended: 'ready', lose: 'unknown', fence: 'fenced', close: 'closed' },
  open:          { init: 'initialising', initialised: 'open', write: 'open', fail: 'failed', commit: 'committing', abort: 'aborting', ended: 'open', lose: 'unknown', fence: 'fenced', close: 'closed' },
  failed:        { init: 'initialising', initialised: 'failed', write: 'refuse-failed', fail: 'failed', commit: 'refuse-failed', abort: 'aborting', ended: 'failed', lose: 'unknown', fence: 'fenced', close: 'closed' },
  committing:    { init: 'refuse-busy', initialised: 'committing', write: 'refuse-busy', fail: 'failed', commit: 'refuse-busy', abort: 'refuse-busy', ended: 'ready', lose: 'unknown', fence: 'fenced', close: 'closed' },
  aborting:      { init: 'refuse-busy', initialised: 'aborting', write: 'refuse-busy', fail: 'aborting', commit: 'refuse-busy', abort: 'refuse-busy', ended: 'ready', lose: 'unknown', fence: 'fenced', close: 'closed' },
  unknown:       { init: 'initialising', initialised: 'unknown', write: 'refuse-unknown', fail: 'unknown', commit: 'refuse-unknown', abort: 'refuse-unknown', ended: 'unknown', lose: 'unknown', fence: 'fenced', close: 'closed' },
  fenced:        { init: 'initialising', initialised: 'fenced', write: 'refuse-fenced', fail: 'fenced', commit: 'refuse-fenced', abort: 'refuse-fenced', ended: 'fenced', lose: 'fenced', fence: 'fenced', close: 'closed' },
  closed:        { init: 'refuse-closed', initialised: 'closed', write: 'refuse-closed', fail: 'closed', commit: 'refuse-closed', abort: 'refuse-closed', ended: 'closed', lose: 'closed', fence: 'closed', close: 'closed' },
}
