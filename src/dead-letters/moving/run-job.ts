/** Runs a job to its end, however often a transaction of it fails: what counts is what Kafka says is marked. */
import { type Clock, sleep } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import type { Transactions } from '../../kafka/port.ts'
import { claimed, isFenced, isUncertain, writeRows } from './claim.ts'
import type { JobRun } from './job-run.ts'
import { type Job, type JobRange, type JobState, type JobStatus, jobKey, redriveJobs } from './jobs.ts'
import { readLedger } from './ledger.ts'
import { Mover } from './mover.ts'
import { awaitTaken, laterRanges } from './newcomers.ts'
import type { PassedOver } from './redrive-plan.ts'
import { type Survey, survey } from './survey.ts'

/** Failures without a letter moved in between. */
const mostFailures = 10
const pauseMilliseconds = 200

/** What became of the ranges of a job. */
export interface JobOutcome {
  readonly passedOver: readonly PassedOver[]
  readonly isUnfinished: boolean
  /** It was cancelled by someone who did not wait for this process. */
  readonly isTakenAway: boolean
}

const through = { isUnfinished: false, isTakenAway: false } as const

/**
 * Moves what the job selects, then what parked keys got meanwhile, until they are free.
 * @throws MillraceError MR4412 when another process has taken the job over
 */
export async function runJob(run: JobRun): Promise<JobOutcome> {
  try {
    return await runRounds(run)
  } catch (error) {
    if (error instanceof TakenAway) return { passedOver: [], isUnfinished: false, isTakenAway: true }
    throw error
  }
}

async function runRounds(run: JobRun): Promise<JobOutcome> {
  let ranges = run.job.ranges
  for (;;) {
    const surveyed = await moveRanges(run, ranges)
    const { passedOver } = surveyed
    if (run.isStopped() || run.budget.left <= 0 || !run.targets.isPark) return { passedOver, ...through }
    if (!(await awaitTaken(run))) return { passedOver, ...through, isUnfinished: true }
    const later = await laterRanges(run.kafka, run.job.queue, ranges)
    if (later === null) return { passedOver, ...through }
    const ledger = await readLedger(run.kafka, run.targets.queue.app, run.job.queue)
    const next = await survey(run.kafka, { ...surveyingOf(run, later), ledger })
    if (next.count === 0) return { passedOver, ...through }
    ranges = later
    await changeJob(run, (job) => ({ ...job, ranges }))
  }
}

function surveyingOf(run: JobRun, ranges: readonly JobRange[]) {
  return { targets: run.targets, ranges, maxRedrives: run.job.maxRedrives, matches: run.matches }
}

async function moveRanges(run: JobRun, ranges: readonly JobRange[]): Promise<Survey> {
  for (let failures = 0; ; ) {
    const before = run.budget.left
    try {
      return await moveOnce(run, ranges)
    } catch (error) {
      if (!isUncertain(error) && !isFenced(error)) throw error
      failures = run.budget.left < before ? 1 : failures + 1
      if (failures === mostFailures) throw error
      await requireOwn(run)
      await sleep(run.clock, pauseMilliseconds)
    }
  }
}

/** Fences whoever moved letters of this queue before, and only then reads what is marked: nothing is moved twice. */
async function moveOnce(run: JobRun, ranges: readonly JobRange[]): Promise<Survey> {
  const { kafka, targets } = run
  const { app, name, topic } = targets.queue
  const owners = new Map<number, Transactions>()
  try {
    for (const { partition } of ranges) {
      owners.set(partition, kafka.transactions(`${app}-redrive-${name}-${partition}`, { timeout: { minutes: 1 } }))
    }
    await Promise.all([...owners.values()].map((transactions) => transactions.init()))
    const ledger = await readLedger(kafka, app, topic)
    const job = ownJob(run, ledger.jobs)
    run.recounted(job.moved)
    if (run.job.limit !== null) run.budget.left = run.job.limit - job.moved
    const surveyed = await survey(kafka, { ...surveyingOf(run, ranges), ledger })
    for (const [partition, letters] of surveyed.letters) {
      const mover = new Mover(run, partition, owners.get(partition)!, job.partitions[partition])
      await mover.move(letters).finally(() => mover.close())
    }
    return surveyed
  } finally {
    await Promise.all([...owners.values()].map((transactions) => transactions.close()))
  }
}

async function requireOwn(run: JobRun): Promise<void> {
  ownJob(run, await redriveJobs(run.kafka, run.targets.queue.app, run.job.queue))
}

function ownJob({ job: { id, runner } }: JobRun, jobs: readonly JobStatus[]): JobStatus {
  const job = jobs.find((each) => each.id === id)
  if (job?.runner === runner && job.state === 'running') return job
  if (job?.runner === runner && job.state === 'cancelled') throw new TakenAway(id)
  throw new MillraceError('fatal', {
    code: 'MR4412',
    what: `The redrive ${id} has been taken out of this process's hands`,
    why: job?.state === 'running' ? 'another process goes on with it' : `it is ${job?.state ?? 'gone'}`,
    fix: `millrace dlq redrive status ${id}`,
  })
}

class TakenAway extends Error {
  override readonly name = 'TakenAway'
}

/** Writes the job's row anew. Of a job that another process has, nothing is written. */
export async function changeJob(
  run: Pick<JobRun, 'kafka' | 'clock' | 'random' | 'targets' | 'job'>,
  change: (job: Job) => Job,
): Promise<void> {
  const { queue } = run.targets
  await claimed(run.kafka, queue, run, async ({ jobs }, transactions) => {
    const job = jobs.find(({ id }) => id === run.job.id)
    if (job?.runner !== run.job.runner || job.state !== 'running') return
    await writeJob(transactions, queue.app, run.clock, change(rowOf(job)))
  })
}

export async function writeJob(transactions: Transactions, app: string, clock: Clock, job: Job): Promise<void> {
  await writeRows(transactions, app, clock.now(), [[jobKey(job.id), JSON.stringify(job)]])
}

/** The job's own row, without what is counted from its progress. */
export function rowOf({ moved: _, partitions: __, ...job }: JobStatus): Job {
  return job
}

/** @example await changeJob(run, ended('done', clock)) */
export function ended(state: Exclude<JobState, 'running'>, clock: Clock): (job: Job) => Job {
  return (job) => ({ ...job, state, endedAt: new Date(clock.now()).toISOString() })
}
