/** A soak in which nothing happened proves nothing: each of these is a failure, not a remark. */
import type { Verdict } from './verdict.ts'

export interface Happened {
  readonly planned: { readonly kills: number; readonly stops: number; readonly brokerRestarts: number }
  readonly kills: number
  readonly killsInTransaction: number
  readonly stops: number
  readonly brokerRestarts: number
  /** Records that no commit had covered when the last fault was over. */
  readonly leftOver: number
  readonly aborts: number
  /** Times that a worker which stood still found its tasks or its transaction taken over. */
  readonly fenced: number
  readonly restores: number
  readonly rebalances: number
}

interface Rule {
  readonly rule: string
  readonly holds: (happened: Happened, verdict: Verdict) => boolean
}

const shareInTransaction = 0.3

export const rules: readonly Rule[] = [
  { rule: 'every planned kill came', holds: ({ kills, planned }) => kills >= planned.kills },
  { rule: 'every planned stop came', holds: ({ stops, planned }) => stops >= planned.stops },
  {
    rule: 'every planned restart of the broker came',
    holds: ({ brokerRestarts, planned }) => brokerRestarts >= planned.brokerRestarts,
  },
  {
    rule: '30 % of the kills found a transaction open',
    holds: ({ kills, killsInTransaction }) => killsInTransaction >= shareInTransaction * kills,
  },
  { rule: 'there was work left after the last fault', holds: ({ leftOver }) => leftOver > 0 },
  { rule: 'transactions were aborted', holds: ({ aborts }) => aborts > 0 },
  { rule: 'records of aborted transactions are in the logs', holds: (_, { aborted }) => aborted > 0 },
  { rule: 'workers that stood still were fenced', holds: ({ fenced }) => fenced > 0 },
  { rule: 'state was restored', holds: ({ restores }) => restores > 0 },
  { rule: 'tasks moved', holds: ({ rebalances }) => rebalances > 1 },
  { rule: 'poison was planted', holds: (_, { found }) => found.poison! > 0 },
  { rule: 'records were late for windows', holds: (_, { found }) => found.lateWindows! > 0 },
  { rule: 'records were late for sessions', holds: (_, { found }) => found.lateSessions! > 0 },
  { rule: 'windows and sessions closed', holds: (_, { found }) => found.windows! > 0 && found.sessions! > 0 },
  {
    rule: 'the verifier rejected every doctored output, and no other',
    holds: (_, { doctored }) =>
      doctored.some(({ isWrong }) => isWrong) && doctored.every(({ rejected, isWrong }) => rejected === isWrong),
  },
]

/** The rules that do not hold. @example brokenRules(happened, verdict) // [] */
export function brokenRules(happened: Happened, verdict: Verdict): string[] {
  return rules.filter(({ holds }) => !holds(happened, verdict)).map(({ rule }) => rule)
}
