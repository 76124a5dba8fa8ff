/** What a soak tells at its end. */
import type { Felt } from './faults.ts'
import { percentile } from './percentiles.ts'
import type { SoakRun } from './run.ts'
import { planFor } from './schedule.ts'
import { brokenRules, type Happened } from './vacuity.ts'
import type { Verdict } from './verdict.ts'

/** The names of these are fixed. */
export interface Outcome {
  readonly records: number
  readonly kills: number
  readonly killsInTransaction: number
  readonly stops: number
  readonly brokerRestarts: number
  readonly lost: number
  readonly doubled: number
  readonly recoveryP50Ms: number | null
  readonly recoveryP99Ms: number | null
  readonly steps: readonly { readonly step: string; readonly passed: boolean }[]
  readonly [measure: string]: unknown
}

export interface Judged {
  readonly outcome: Outcome
  /** A sentence for each thing that is wrong. */
  readonly complaints: readonly string[]
}

export function judge(records: number, plannedKills: number, run: SoakRun, verdict: Verdict): Judged {
  const happened = happenedIn(plannedKills, run)
  const { kills, killsInTransaction, stops, brokerRestarts, ...counted } = happened
  const { lost, doubled, aborted, found } = verdict
  const spans = spansOf(run.felt, 'kill')
  const outcome: Outcome = {
    ...{ records, kills, killsInTransaction, stops, brokerRestarts, lost, doubled },
    recoveryP50Ms: percentile(spans, 0.5),
    recoveryP99Ms: percentile(spans, 0.99),
    steps: verdict.steps.map(({ step, passed }) => ({ step, passed })),
    stopRecoveryP50Ms: percentile(spansOf(run.felt, 'stop'), 0.5),
    restartRecoveryP50Ms: percentile(spansOf(run.felt, 'broker restart'), 0.5),
    ...counted,
    restoredRows: run.counts.restoredRows,
    abortedRecords: aborted,
    found,
    seconds: run.seconds,
    externalSink: 'not applicable',
  }
  return { outcome, complaints: complaintsOf(happened, verdict) }
}

function happenedIn(
  plannedKills: number,
  { felt, kills, killsInTransaction, leftOver, counts, ...run }: SoakRun,
): Happened {
  return {
    planned: planFor(plannedKills, run.mayRestartBroker),
    kills,
    killsInTransaction,
    stops: spansOf(felt, 'stop').length,
    brokerRestarts: spansOf(felt, 'broker restart').length,
    leftOver,
    aborts: counts.aborts,
    fenced: counts.fenced,
    restores: counts.restores,
    rebalances: counts.rebalances,
  }
}

function spansOf(felt: readonly Felt[], fault: Felt['fault']): readonly number[] {
  return felt.filter((one) => one.fault === fault).map(({ milliseconds }) => milliseconds)
}

function complaintsOf(happened: Happened, verdict: Verdict): string[] {
  const failed = verdict.steps.filter(({ passed }) => !passed)
  return [
    ...failed.map(({ step, wrong, complaints }) => `step ${step}: ${wrong} wrong: ${complaints.join('; ')}`),
    ...(verdict.lost + verdict.doubled > 0 ? [`${verdict.lost} lost, ${verdict.doubled} doubled`] : []),
    ...brokenRules(happened, verdict).map((rule) => `void: not true that ${rule}`),
  ]
}
