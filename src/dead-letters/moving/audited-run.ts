/** A redrive in the hands of this process, from its first row in the audit to its last. */
import { systemClock, toMilliseconds } from '../../clock.ts'
import type { Kafka } from '../../kafka/port.ts'
import { systemRandom } from '../../random.ts'
import { appendAudit } from '../audit.ts'
import { type Action, auditRow, nameOf } from '../audit-action.ts'
import type { Matcher } from '../reading/selection.ts'
import { listenForCancel } from './cancel.ts'
import type { JobRun } from './job-run.ts'
import type { Job, JobStatus } from './jobs.ts'
import { Pace } from './pace.ts'
import { defaultWho, type RedriveResult, type RedriveRun } from './redrive-options.ts'
import type { PassedOver } from './redrive-plan.ts'
import { changeJob, ended, runJob } from './run-job.ts'
import type { QueueTargets } from './targets.ts'

export interface AuditedJob {
  readonly job: Job & Partial<JobStatus>
  readonly targets: QueueTargets
  readonly matches: Matcher
}

/** Runs a job until it is through, cancelled or stopped, and says so in its row and in the audit; a failure too. */
export async function runAudited(kafka: Kafka, audited: AuditedJob, options: RedriveRun): Promise<RedriveResult> {
  const { clock = systemClock, who = defaultWho } = options
  const { job, targets } = audited
  const { app } = targets.queue
  const action: Action = { app, who, action: 'redrive.end', target: job.id, clock }
  let moved = job.moved ?? 0
  const noteMoved = (now: number): void => {
    moved = now
  }
  const detail = () => ({ queue: job.queue, moved })
  try {
    const result = await run(kafka, audited, options, noteMoved)
    const { state, passedOver } = result
    await appendAudit(kafka, app, auditRow(action, { ...detail(), state, passedOver: passedOver.length }))
    return result
  } catch (error) {
    const row = auditRow(action, { ...detail(), state: 'failed', error: nameOf(error) })
    await appendAudit(kafka, app, row).catch(() => undefined)
    throw error
  }
}

async function run(
  kafka: Kafka,
  { job, targets, matches }: AuditedJob,
  options: RedriveRun,
  noteMoved: (moved: number) => void,
): Promise<RedriveResult> {
  const { clock = systemClock, random = systemRandom, who = defaultWho, signal, patience = { seconds: 10 } } = options
  const ear = await listenForCancel(kafka, targets.queue.app, job.id)
  const gone = new Map<string, PassedOver>()
  let moved = job.moved ?? 0
  const run: JobRun = {
    ...{ kafka, clock, random, job, targets, who, matches, pace: new Pace(clock, job.rate) },
    patienceMilliseconds: toMilliseconds(patience),
    isStopped: () => ear.isCancelled() || signal?.aborted === true,
    budget: { left: (job.limit ?? Number.MAX_SAFE_INTEGER) - moved },
    committed: (count) => {
      moved += count
      noteMoved(moved)
      options.onProgress?.({ job: job.id, moved, selected: job.selected })
    },
    recounted: (count) => {
      moved = count
      noteMoved(moved)
    },
    passedOver: (letter) => gone.set(`${letter.partition}/${letter.offset}`, letter),
    written: new Map(),
  }
  try {
    const { passedOver, isUnfinished, isTakenAway } = await runJob(run)
    const state = isTakenAway || ear.isCancelled() ? 'cancelled' : signal?.aborted ? 'stopped' : 'done'
    if (state !== 'stopped' && !isTakenAway) await changeJob(run, ended(state, clock))
    const all = [...passedOver, ...gone.values()]
    return { job: job.id, queue: job.queue, state, selected: job.selected, moved, passedOver: all, isUnfinished }
  } finally {
    await ear.close()
  }
}
