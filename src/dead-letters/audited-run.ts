/** A redrive in the hands of this process, from its first row in the audit to its last. */
import { systemClock, toMilliseconds } from '../clock.ts'
import type { Kafka } from '../kafka/port.ts'
import { systemRandom } from '../random.ts'
import { appendAudit } from './audit.ts'
import { listenForCancel } from './cancel.ts'
import type { JobRun } from './job-run.ts'
import type { Job, JobStatus } from './jobs.ts'
import { Pace } from './pace.ts'
import { defaultWho, type RedriveResult, type RedriveRun } from './redrive-options.ts'
import type { PassedOver } from './redrive-plan.ts'
import { changeJob, ended, runJob } from './run-job.ts'
import type { Matcher } from './selection.ts'
import type { QueueTargets } from './targets.ts'

export interface AuditedJob {
  readonly job: Job & Partial<JobStatus>
  readonly targets: QueueTargets
  readonly matches: Matcher
}

/** Runs a job until it is through, cancelled or stopped, and says so in its row and in the audit. */
export async function runAudited(
  kafka: Kafka,
  { job, targets, matches }: AuditedJob,
  options: RedriveRun,
  action: 'redrive.start' | 'redrive.resume',
  detail: Record<string, unknown>,
): Promise<RedriveResult> {
  const { clock = systemClock, random = systemRandom, who = defaultWho, signal, patience = { seconds: 10 } } = options
  const { app } = targets.queue
  const audit = (what: string, more: Record<string, unknown>): Promise<void> => {
    const at = new Date(clock.now()).toISOString()
    return appendAudit(kafka, app, { at, who, action: what, target: job.id, detail: { queue: job.queue, ...more } })
  }
  const ear = await listenForCancel(kafka, app, job.id)
  const gone = new Map<string, PassedOver>()
  let moved = job.moved ?? 0
  const run: JobRun = {
    ...{ kafka, clock, random, job, targets, who, matches, pace: new Pace(clock, job.rate) },
    patienceMilliseconds: toMilliseconds(patience),
    isStopped: () => ear.isCancelled() || signal?.aborted === true,
    budget: { left: (job.limit ?? Number.MAX_SAFE_INTEGER) - moved },
    committed: (count) => {
      moved += count
      options.onProgress?.({ job: job.id, moved, selected: job.selected })
    },
    recounted: (count) => {
      moved = count
    },
    passedOver: (letter) => gone.set(`${letter.partition}/${letter.offset}`, letter),
    written: new Map(),
  }
  try {
    await audit(action, detail)
    const { passedOver, isUnfinished, isTakenAway } = await runJob(run)
    const state = isTakenAway || ear.isCancelled() ? 'cancelled' : signal?.aborted ? 'stopped' : 'done'
    if (state !== 'stopped' && !isTakenAway) await changeJob(run, ended(state, clock))
    await audit('redrive.end', { state, moved, passedOver: passedOver.length + gone.size })
    const all = [...passedOver, ...gone.values()]
    return { job: job.id, queue: job.queue, state, selected: job.selected, moved, passedOver: all, isUnfinished }
  } finally {
    await ear.close()
  }
}
