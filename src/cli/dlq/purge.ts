/** `millrace dlq purge` */
import { systemClock } from '../../clock.ts'
import {
  discardLetters,
  type LetterFilter,
  type PurgeOptions,
  type PurgeResult,
  parseInstant,
  purgeLetters,
} from '../../dead-letters/index.ts'
import { MillraceError } from '../../index.ts'
import { whoIsThere } from '../operate/who.ts'
import { grouped } from '../print/grouped.ts'
import { withKafka } from '../topics/client.ts'
import { isMeant } from './consent.ts'
import { filterOf } from './filter.ts'
import { outputOf } from './flags.ts'
import { queueInHand } from './hand.ts'
import type { PurgeFlags } from './move-flags.ts'
import { printJson, sayNothingWritten } from './print.ts'

/** Deletes a prefix with `--before`; else marks what the filters choose. Never both, and never everything unasked. */
export async function purgeCommand(name: string, flags: PurgeFlags): Promise<void> {
  const now = systemClock.now()
  const { who = whoIsThere() } = flags
  const filter = filterOf(flags, now)
  const before = flags.before === undefined ? null : beforeOf(flags.before, now)
  requireOne(filter, before)
  const yes = isMeant(flags)
  const result = await withKafka(
    flags.brokers,
    async (kafka) => {
      const { queue, owner } = await queueInHand(kafka, name, flags.topology)
      const common = { queue: queue.topic, dryRun: !yes, who }
      if (before !== null) return purgeLetters(kafka, { ...common, before })
      return discardLetters(kafka, { ...common, ...owner, filter })
    },
    'millrace dlq purge',
  )
  print(result, flags)
}

function print(result: PurgeResult, flags: PurgeFlags): void {
  if (outputOf(flags) === 'json') {
    printJson(result)
    return
  }
  const { queue, dryRun, action, letters, open } = result
  console.log(
    `${queue}: ${grouped(letters)} letters ${dryRun ? 'would be' : 'were'} ${action}, ${grouped(open)} of them open`,
  )
  if (dryRun) sayNothingWritten()
}

function beforeOf(text: string, now: number): PurgeOptions['before'] {
  const [, partition, offset] = /^(\d{1,9})\/(\d{1,15})$/.exec(text) ?? []
  if (partition !== undefined) return { partition: Number(partition), offset: Number(offset) }
  const time = parseInstant(text, now)
  if (time !== null) return { time }
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `--before cannot be "${text}"`,
    fix: 'Give an instant such as 2026-11-21T08:00:00Z, how long ago such as -7d, or partition/offset',
  })
}

function requireOne(filter: LetterFilter, before: PurgeOptions['before'] | null): void {
  const isFiltered = Object.keys(filter).length > 0
  if (isFiltered !== (before !== null)) return
  throw new MillraceError('fatal', {
    code: 'MR1005',
    what: isFiltered ? '--before and filters exclude each other' : 'Nothing says which letters',
    why: '--before deletes the oldest letters for good; filters mark letters as discarded, wherever they lie',
    fix: 'Give --before, or filters such as --fingerprint',
  })
}
