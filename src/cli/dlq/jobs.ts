/** `millrace dlq redrive status|cancel` */
import { cancelRedrive, type JobStatus, redriveJobs, resolveQueue } from '../../dead-letters/index.ts'
import { MillraceError } from '../../index.ts'
import type { Kafka } from '../../kafka/port.ts'
import { whoIsThere } from '../operate/who.ts'
import { progressText } from '../print/progress.ts'
import { printTable } from '../print/table.ts'
import { withKafka } from '../topics/client.ts'
import { type DlqFlags, outputOf } from './flags.ts'
import type { MoveFlags } from './move-flags.ts'
import { printJson } from './print.ts'

/** A job by its name, or all of a queue. */
export async function statusCommand(name: string, flags: DlqFlags): Promise<void> {
  const jobs = await withKafka(flags.brokers, (kafka) => jobsOf(kafka, name), 'millrace dlq redrive status')
  if (outputOf(flags) === 'json') {
    printJson(isJob(name) ? plain(jobs[0]!) : { jobs: jobs.map(plain) })
    return
  }
  if (jobs.length > 0) printJobs(jobs)
  else console.error('There was no redrive of this queue.')
}

export async function cancelCommand(name: string, flags: MoveFlags): Promise<void> {
  const { who = whoIsThere() } = flags
  const job = await withKafka(
    flags.brokers,
    (kafka) => cancelRedrive(kafka, name, { who }),
    'millrace dlq redrive cancel',
  )
  if (outputOf(flags) === 'json') {
    printJson(plain(job))
    return
  }
  printJobs([job])
}

async function jobsOf(kafka: Kafka, name: string): Promise<readonly JobStatus[]> {
  const { app, topic } = await resolveQueue(kafka, name.split(':')[0]!)
  const jobs = await redriveJobs(kafka, app, topic)
  const found = isJob(name) ? jobs.filter(({ id }) => id === name) : jobs
  if (found.length > 0 || !isJob(name)) return found
  throw new MillraceError('fatal', {
    code: 'MR4413',
    what: `There is no redrive ${name}`,
    fix: `millrace dlq redrive status ${topic} lists those of the queue`,
  })
}

function isJob(name: string): boolean {
  return name.includes(':')
}

function printJobs(jobs: readonly JobStatus[]): void {
  const rows = jobs.map((job) => {
    const { id, state, who, startedAt, endedAt, rate } = job
    return [
      id,
      state,
      progressText(job.moved, job.selected, state === 'running' ? (rate ?? 0) : 0),
      who,
      startedAt,
      endedAt ?? '',
    ]
  })
  printTable(['JOB', 'STATE', 'PROGRESS', 'WHO', 'STARTED', 'ENDED'], rows)
}

/** Offsets as text: they may need more digits than a number of JSON readers has. */
function plain({ runner: _, ranges, partitions, ...job }: JobStatus): object {
  const { moved, selected, rate, state } = job
  return {
    ...job,
    secondsLeft: state === 'running' && rate !== null ? Math.ceil(Math.max(0, selected - moved) / rate) : null,
    ranges: ranges.map(({ partition, from, to, until }) => {
      const done = partitions[partition]
      const [start, end, last] = [from, to, until].map(String)
      return { partition, from: start, to: end, until: last, moved: done?.moved ?? 0, offset: offsetText(done?.offset) }
    }),
  }
}

function offsetText(offset: number | undefined): string | null {
  return offset === undefined ? null : String(offset)
}
