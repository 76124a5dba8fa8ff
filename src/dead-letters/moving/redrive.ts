/** Brings dead letters back: nothing lost, nothing doubled, however often it is killed (`failures.md` 4). */
import { systemClock } from '../../clock.ts'
import type { Kafka } from '../../kafka/port.ts'
import { randomName, systemRandom } from '../../random.ts'
import { partitionsOfTopic } from '../../record.ts'
import { type Action, auditFailure, auditWithin } from '../audit-action.ts'
import type { LetterFilter } from '../filter/filter.ts'
import { type QueueName, resolveQueue } from '../queue-name.ts'
import { type Matcher, matcherOf } from '../reading/selection.ts'
import { runAudited } from './audited-run.ts'
import { findJob, notActive } from './cancel.ts'
import { claimed, refuseActive, writeRows } from './claim.ts'
import { forgotten } from './forgotten.ts'
import { groundsOf } from './grounds.ts'
import type { Job, JobRange, JobStatus } from './jobs.ts'
import { readLedger } from './ledger.ts'
import { ownTopics } from './own-topics.ts'
import {
  defaultMaxRedrives,
  defaultWho,
  type RedriveChoice,
  type RedriveOptions,
  type RedrivePlan,
  type RedriveResult,
  type RedriveRun,
} from './redrive-options.ts'
import { rowOf, writeJob } from './run-job.ts'
import { type Survey, survey } from './survey.ts'
import { findTargets, type QueueTargets } from './targets.ts'

/**
 * What a redrive would do; nothing is written.
 * @example const { selected, groups, targets } = await planRedrive(kafka, { queue: 'orders.dlq.unscored' })
 * @throws MillraceError MR4414 where the topology knows no such queue or target
 */
export async function planRedrive(kafka: Kafka, choice: RedriveChoice): Promise<RedrivePlan> {
  const queue = await resolveQueue(kafka, choice.queue)
  const { description, decode } = await groundsOf(choice)
  const targets = await findTargets(kafka, queue, description, choice.to ?? null)
  const [info] = await kafka.topics.describe([queue.topic])
  const ledger = await readLedger(kafka, queue.app, queue.topic, 'stable')
  const ranges = await rangesNow(kafka, queue.topic, info?.partitions ?? 0)
  const {
    count,
    letters: _,
    ...plan
  } = await survey(kafka, {
    targets,
    ledger,
    ranges,
    maxRedrives: choice.maxRedrives ?? defaultMaxRedrives,
    onlyCounts: true,
    matches: matcherOf(choice.filter ?? {}, decode, (choice.clock ?? systemClock).now()),
  })
  return { queue: queue.topic, selected: Math.min(count, choice.limit ?? Number.POSITIVE_INFINITY), ...plan }
}

/**
 * Moves letters to where they are worked again, in transactions that mark them. Ends with the letters that were there
 * when it began; of a queue of parked keys when those are free.
 * @example const { moved } = await redrive(kafka, { queue: 'orders.dlq.unscored', filter: { stage: 'process' }, rate: 100 })
 * @throws MillraceError MR4412 while another redrive of the queue has not ended, MR4414 for a wrong target
 */
export async function redrive(kafka: Kafka, options: RedriveOptions): Promise<RedriveResult> {
  const { clock = systemClock, who = defaultWho } = options
  const queue = await resolveQueue(kafka, options.queue)
  const partitions = await ownTopics(kafka, queue)
  const draft = draftOf(queue, options)
  const action: Action = { app: queue.app, who, action: 'redrive.start', target: draft.id, clock }
  const audited = { queue: queue.topic, ...wishesOf(draft) }
  const begun = await auditFailure(kafka, action, audited, async () => {
    const { description, decode } = await groundsOf(options)
    const targets = await findTargets(kafka, queue, description, draft.to)
    const ranges = await rangesNow(kafka, queue.topic, partitions)
    const matches = matcherOf(draft.selection as LetterFilter, decode, clock.now())
    const job = await begin(kafka, { ...draft, ranges }, { targets, matches, action }, options)
    return { job, targets, matches }
  })
  return runAudited(kafka, begun, options)
}

/** The job as it was asked for, with a name of its own. */
function draftOf(queue: QueueName, options: RedriveOptions): Omit<Job, 'ranges'> {
  const { clock = systemClock, random = systemRandom, who = defaultWho, filter = {} } = options
  return {
    id: `${queue.topic}:${randomName(random)}`,
    queue: queue.topic,
    state: 'running',
    runner: randomName(random),
    who,
    startedAt: new Date(clock.now()).toISOString(),
    endedAt: null,
    selection: { ...filter, now: filter.now ?? clock.now() },
    to: options.to ?? null,
    maxRedrives: options.maxRedrives ?? defaultMaxRedrives,
    limit: options.limit ?? null,
    rate: options.rate ?? null,
    selected: 0,
  }
}

interface Beginning {
  readonly targets: QueueTargets
  readonly matches: Matcher
  readonly action: Action
}

/** The job's row and its first row in the audit, in one transaction. */
async function begin(
  kafka: Kafka,
  draft: Job,
  { targets, matches, action }: Beginning,
  { clock = systemClock, random = systemRandom }: RedriveRun,
): Promise<Job> {
  const { queue } = targets
  const { ranges, maxRedrives, limit } = draft
  return claimed(kafka, queue, { clock, random }, async (ledger, transactions) => {
    const written = ledger.jobs.find(({ id }) => id === draft.id)
    if (written !== undefined) return rowOf(written)
    refuseActive(ledger, queue)
    const surveyed = await survey(kafka, { targets, ledger, ranges, maxRedrives, matches })
    const job = { ...draft, selected: Math.min(surveyed.count, limit ?? Number.POSITIVE_INFINITY) }
    await writeJob(transactions, queue.app, clock, job)
    await writeRows(transactions, queue.app, clock.now(), forgotten(queue.topic, ledger, ranges))
    await auditWithin(transactions, action, detailOf(job, surveyed))
    return job
  })
}

/**
 * Goes on with a redrive whose process was killed or stopped, or that was cancelled. A process that still has it stops.
 * @example await resumeRedrive(kafka, 'orders.dlq.unscored:k3f9a2xw')
 * @throws MillraceError MR4413 when there is no such job, or it is done
 */
export async function resumeRedrive(kafka: Kafka, id: string, options: RedriveRun = {}): Promise<RedriveResult> {
  const { clock = systemClock, random = systemRandom, who = defaultWho } = options
  const { queue } = await findJob(kafka, id)
  const action: Action = { app: queue.app, who, action: 'redrive.resume', target: id, clock }
  const runner = randomName(random)
  const begun = await auditFailure(kafka, action, { queue: queue.topic }, async () => {
    const { description, decode } = await groundsOf(options)
    const job = await claimed(kafka, queue, { clock, random }, async (ledger, transactions) => {
      const found = ledger.jobs.find((each) => each.id === id)!
      if (found.runner === runner) return found
      if (found.state === 'done') throw notActive(found)
      if (found.state === 'cancelled') refuseActive(ledger, queue)
      const resumed: JobStatus = { ...found, state: 'running', endedAt: null, runner }
      await writeJob(transactions, queue.app, clock, rowOf(resumed))
      await auditWithin(transactions, action, { queue: queue.topic, before: found.moved })
      return resumed
    })
    const targets = await findTargets(kafka, queue, description, job.to)
    return { job, targets, matches: matcherOf(job.selection as LetterFilter, decode, clock.now()) }
  })
  return runAudited(kafka, begun, options)
}

async function rangesNow(kafka: Kafka, topic: string, partitions: number): Promise<JobRange[]> {
  const places = partitionsOfTopic(topic, partitions)
  const starts = await kafka.offsets(places, 'earliest')
  const ends = await kafka.offsets(places, 'stable')
  return places.map(({ partition }) => {
    const [from, to] = [starts[partition]!.offset, ends[partition]!.offset]
    return { partition, from, to, until: to }
  })
}

function detailOf(job: Job, { groups, targets, passedOver }: Survey): Record<string, unknown> {
  const counts = Object.fromEntries(groups.map(({ fingerprint, count }) => [fingerprint, count]))
  const { queue, selected } = job
  return { queue, selected, groups: counts, targets, passedOver: passedOver.length, ...wishesOf(job) }
}

function wishesOf({ selection, to, rate, limit, maxRedrives }: Omit<Job, 'ranges'>): Record<string, unknown> {
  return { filter: selection, to, rate, limit, maxRedrives }
}
