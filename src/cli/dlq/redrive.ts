/** `millrace dlq redrive`, and `redrive resume`. */
import { systemClock } from '../../clock.ts'
import { planRedrive, type RedriveResult, type RedriveRun, redrive, resumeRedrive } from '../../dead-letters/index.ts'
import type { Kafka } from '../../kafka/port.ts'
import { whoIsThere } from '../operate/who.ts'
import { Progress } from '../print/progress.ts'
import { withKafka } from '../topics/client.ts'
import { stopOnSignal } from '../worker/signals.ts'
import { isMeant } from './consent.ts'
import { filterOf } from './filter.ts'
import { queueInHand } from './hand.ts'
import type { JobFlags, MoveFlags, RedriveFlags } from './move-flags.ts'
import { printPlan, printResult } from './redrive-print.ts'

const command = 'millrace dlq redrive'

/** Exit code 10 where something that was selected was not moved: it is listed. */
export async function redriveCommand(name: string, flags: RedriveFlags): Promise<void> {
  const { limit, rate, to, maxRedrives } = flags
  const filter = filterOf(flags, systemClock.now())
  const yes = isMeant(flags)
  await withKafka(
    flags.brokers,
    async (kafka) => {
      const { queue, owner } = await queueInHand(kafka, name, flags.topology)
      const bounds = { ...(limit !== undefined && { limit }), ...(to !== undefined && { to }) }
      const choice = { ...owner, queue: queue.topic, filter, maxRedrives, ...bounds }
      if (!yes) return printPlan(await planRedrive(kafka, choice), flags)
      await runWith(flags, (run) => redrive(kafka, { ...choice, ...(rate !== undefined && { rate }), ...run }))
    },
    command,
  )
}

export async function resumeCommand(job: string, flags: JobFlags): Promise<void> {
  await withKafka(flags.brokers, (kafka) => resumeWith(kafka, job, flags), `${command} resume`)
}

async function resumeWith(kafka: Kafka, job: string, flags: JobFlags): Promise<void> {
  const owner = flags.topology === undefined ? {} : (await queueInHand(kafka, job.split(':')[0]!, flags.topology)).owner
  await runWith(flags, (run) => resumeRedrive(kafka, job, { ...owner, ...run }))
}

async function runWith(flags: MoveFlags, work: (run: RedriveRun) => Promise<RedriveResult>): Promise<void> {
  const stop = stopOnSignal('stopping: after the transaction in hand')
  const progress = new Progress()
  try {
    const { who = whoIsThere() } = flags
    const result = await work({
      who,
      signal: stop.signal,
      onProgress: ({ moved, selected }) => progress.update(moved, selected),
    })
    progress.end()
    printResult(result, flags)
  } finally {
    progress.end()
    stop.release()
  }
}
