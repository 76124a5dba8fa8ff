/** A cancel travels through Kafka, as a row of the audit: the process that runs the job hears it wherever it is. */
import { type Clock, type Duration, sleep, systemClock, toMilliseconds } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import type { Kafka } from '../../kafka/port.ts'
import { type Random, systemRandom } from '../../random.ts'
import { follow } from '../../runtime/restore/restore.ts'
import { topicNames } from '../../topology/graph.ts'
import { appendAudit, auditRowOf } from '../audit.ts'
import { auditFailure, auditRow } from '../audit-action.ts'
import { type QueueName, queueName } from '../queue-name.ts'
import { claimed, type Pauses } from './claim.ts'
import { type JobStatus, queueOfJob, redriveJobs } from './jobs.ts'
import { defaultWho } from './redrive-options.ts'
import { ended, rowOf, writeJob } from './run-job.ts'

const action = 'redrive.cancel'

/** Listens for the cancel of one job. */
export interface CancelEar {
  readonly isCancelled: () => boolean
  close(): Promise<void>
}

/** Hears only what is said from now on: a job that was cancelled may be gone on with. */
export async function listenForCancel(kafka: Kafka, app: string, job: string): Promise<CancelEar> {
  const partition = { topic: topicNames.audit(app), partition: 0 }
  const [end] = await kafka.offsets([partition], 'end')
  let isCancelled = false
  const heard = (_place: unknown, _key: Buffer | null, value: Buffer | null, _time: number, offset: number): void => {
    const row = value === null || offset < end!.offset ? null : auditRowOf(value.toString())
    if (row?.action === action && row.target === job && row.detail.result !== 'failed') isCancelled = true
  }
  // Who can't hear is still stopped: the one who cancels waits a while, then takes the job away.
  const follower = await follow(kafka, [partition], heard, () => undefined)
  return { isCancelled: () => isCancelled, close: () => follower.close() }
}

export interface CancelOptions {
  readonly who?: string
  readonly clock?: Clock
  readonly random?: Random
  /** How long the process that runs the job gets to end its transaction. Default 5 seconds; then it is fenced. */
  readonly patience?: Duration
}

/**
 * Ends a redrive, in whichever process it runs: after the transaction in hand. What was moved stays moved.
 * @example await cancelRedrive(kafka, 'orders.dlq.unscored:k3f9a2xw')
 * @throws MillraceError MR4413 when there is no such job, or it has ended
 */
export async function cancelRedrive(kafka: Kafka, id: string, options: CancelOptions = {}): Promise<JobStatus> {
  const { who = defaultWho, clock = systemClock, random = systemRandom, patience = { seconds: 5 } } = options
  const { queue, job } = await findJob(kafka, id)
  const said = { app: queue.app, who, action, target: id, clock }
  await auditFailure(kafka, said, { queue: queue.topic }, async () => {
    if (job.state !== 'running') throw notActive(job)
    await appendAudit(kafka, queue.app, auditRow(said, { queue: queue.topic }))
  })
  const deadline = clock.monotonic() + toMilliseconds(patience)
  for (let wait = 50; clock.monotonic() < deadline; wait *= 2) {
    await sleep(clock, Math.min(wait, 1_000))
    const { job: now } = await findJob(kafka, id)
    if (now.state !== 'running') return now
  }
  await takeAway(kafka, queue, job, { clock, random })
  const { job: taken } = await findJob(kafka, id)
  const detail = { queue: queue.topic, state: taken.state, moved: taken.moved }
  // Who ran it may be dead, and says nothing any more.
  await appendAudit(kafka, queue.app, auditRow({ ...said, action: 'redrive.end' }, detail))
  return taken
}

/** Whoever runs it is fenced: its open transaction, if there is one, is gone. */
async function takeAway(kafka: Kafka, queue: QueueName, job: JobStatus, pauses: Pauses): Promise<void> {
  await claimed(kafka, queue, pauses, async ({ jobs }, transactions) => {
    const now = jobs.find(({ id }) => id === job.id)
    if (now?.state === 'running')
      await writeJob(transactions, queue.app, pauses.clock, ended('cancelled', pauses.clock)(rowOf(now)))
  })
  for (const { partition } of job.ranges) {
    const id = `${queue.app}-redrive-${queue.name}-${partition}`
    const transactions = kafka.transactions(id, { timeout: { minutes: 1 } })
    await transactions.init().finally(() => transactions.close())
  }
}

/** @throws MillraceError MR4413 for a name of no job */
export async function findJob(kafka: Kafka, id: string): Promise<{ queue: QueueName; job: JobStatus }> {
  const topic = queueOfJob(id)
  if (topic !== null) {
    const queue = queueName(topic)
    const job = (await redriveJobs(kafka, queue.app, topic)).find((each) => each.id === id)
    if (job !== undefined) return { queue, job }
  }
  throw new MillraceError('fatal', {
    code: 'MR4413',
    what: `There is no redrive ${id}`,
    why: 'a job is named <queue>:<eight letters>, as the redrive says when it begins',
    fix: 'millrace dlq redrive status <queue> lists those of a queue',
  })
}

export function notActive({ id, state, endedAt }: JobStatus): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4413',
    what: `The redrive ${id} has ended`,
    why: `it is ${state} since ${endedAt}`,
    fix: 'Start another: letters that were moved are passed over',
  })
}
