/**
 * Redrives as rows beside the marks: what a job is to do, how far it got, how it ended. A job that was killed is gone on
 * with from its rows alone; whatever it had not committed has not happened.
 */
import type { Kafka } from '../../kafka/port.ts'
import { eachRow } from '../marks.ts'

export type JobState = 'running' | 'cancelled' | 'done'

/** Offsets of one partition of the queue that a job covers. */
export interface JobRange {
  readonly partition: number
  readonly from: number
  /** The end as it was when the job began. */
  readonly to: number
  /** Of what came later, parked letters are taken up to here: else they would overtake. At first `to`. */
  readonly until: number
}

/** A redrive, as it was asked for. Plain data: it survives its process. */
export interface Job {
  /** `<queue topic>:<eight letters>` */
  readonly id: string
  /** Topic of the queue. */
  readonly queue: string
  readonly state: JobState
  /** Changes when another process goes on with the job: who finds another name here stops. */
  readonly runner: string
  readonly who: string
  readonly startedAt: string
  readonly endedAt: string | null
  readonly ranges: readonly JobRange[]
  /** The filter, in the words of the command line. */
  readonly selection: Readonly<Record<string, unknown>>
  /** A topic of the topology; null: the re-entry topics. */
  readonly to: string | null
  readonly maxRedrives: number
  readonly limit: number | null
  /** Letters a second. */
  readonly rate: number | null
  /** Selected when it began. */
  readonly selected: number
}

/** How far a job got in one partition; written with the letters it counts. */
export interface JobProgress {
  readonly moved: number
  /** The last letter that was moved. */
  readonly offset: number
}

/** A job with its progress, over all partitions. */
export interface JobStatus extends Job {
  readonly moved: number
  readonly partitions: Readonly<Record<number, JobProgress>>
}

const jobPrefix = '#job/'
const progressPrefix = '#progress/'
const receiptPrefix = '#receipt/'

export function jobKey(id: string): string {
  return jobPrefix + id
}

/** Left by a command with what it wrote, so that it knows it again where the answer to its commit was lost. */
export function receiptKey(id: string): string {
  return receiptPrefix + id
}

export function progressKey(id: string, partition: number): string {
  return `${progressPrefix}${id}/${partition}`
}

/** The queue in a job's name; null for what is no such name. */
export function queueOfJob(id: string): string | null {
  return /^([a-zA-Z0-9._-]{1,249}):[a-z0-9]{8}$/.exec(id)?.[1] ?? null
}

/** Gathers rows of the marks topic that are a job's. */
export class JobRows {
  private readonly jobs = new Map<string, Job>()
  private readonly progress = new Map<string, Record<number, JobProgress>>()
  readonly receipts: Map<string, string> = new Map()

  /** True for a row that was a job's or its progress. */
  take(key: string, value: string | null): boolean {
    if (!key.startsWith('#')) return false
    if (key.startsWith(jobPrefix)) this.takeJob(key.slice(jobPrefix.length), value)
    else if (key.startsWith(progressPrefix)) this.takeProgress(key.slice(progressPrefix.length), value)
    else if (value !== null) this.receipts.set(key.slice(receiptPrefix.length), value)
    return true
  }

  /** In the order in which they began. */
  ofQueue(queue: string | null): JobStatus[] {
    const jobs = [...this.jobs.values()].filter((job) => queue === null || job.queue === queue)
    return jobs.sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1)).map((job) => this.statusOf(job))
  }

  find(id: string): JobStatus | null {
    const job = this.jobs.get(id)
    return job === undefined ? null : this.statusOf(job)
  }

  private statusOf(job: Job): JobStatus {
    const partitions = this.progress.get(job.id) ?? {}
    const moved = Object.values(partitions).reduce((sum, each) => sum + each.moved, 0)
    return { ...job, moved, partitions }
  }

  private takeJob(id: string, value: string | null): void {
    if (value === null) this.jobs.delete(id)
    else this.jobs.set(id, JSON.parse(value) as Job)
  }

  private takeProgress(place: string, value: string | null): void {
    const cut = place.lastIndexOf('/')
    const id = place.slice(0, cut)
    const partitions = this.progress.get(id) ?? {}
    if (value !== null) partitions[Number(place.slice(cut + 1))] = JSON.parse(value) as JobProgress
    this.progress.set(id, partitions)
  }
}

/**
 * The redrives of an app, of one queue or of all, oldest first.
 * @example for (const { id, state, moved, selected } of await redriveJobs(kafka, 'orders')) console.log(id, state, moved, selected)
 */
export async function redriveJobs(kafka: Kafka, app: string, queue: string | null = null): Promise<JobStatus[]> {
  const rows = new JobRows()
  await eachRow(kafka, app, 'stable', (key, value) => void rows.take(key, value))
  return rows.ofQueue(queue)
}
