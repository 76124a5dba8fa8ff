/** The words of `millrace dlq` that move, change and drop letters. Nothing is written without `--yes`. */
import { type Command, InvalidArgumentError } from 'commander'
import { whoOf } from '../operate/who.ts'
import { wholeNumber } from '../values.ts'
import { type DlqFlags, letterPlace, withDlqOutput, withFilters } from './flags.ts'
import type { EditFlags, JobFlags, MoveFlags, PurgeFlags, RedriveFlags } from './move-flags.ts'

const redriveExamples = `Examples:
  millrace dlq redrive unscored                         what would be moved, and where
  millrace dlq redrive unscored --fingerprint 3fa91c0b77de --rate 100/s --yes
  millrace dlq redrive parked-orders --key alice --yes  the letters of a parked key, in order
`
const editExamples = `Examples:
  millrace dlq edit unscored 0/17 --topology orders.ts  opens the value in $EDITOR
  millrace dlq edit unscored 0/17 --topology orders.ts --value fixed.json
`
const purgeExamples = `Examples:
  millrace dlq purge unscored --before -7d              what would be deleted
  millrace dlq purge unscored --before 3/1200 --yes     partition 3, below offset 1200
  millrace dlq purge unscored --fingerprint 3fa91c0b77de --yes
`
const importExamples = `Examples:
  millrace dlq import unscored letters.ndjson           reads and counts
  millrace dlq import unscored - --yes < letters.ndjson
`

/** @param noun `dlq`, to which the verbs are added */
export function addDlqMoves(noun: Command): void {
  addRedrive(noun)
  addEdit(noun)
  addPurge(noun)
  addImport(noun)
}

function addRedrive(noun: Command): void {
  const verb = noun
    .command('redrive')
    .addHelpText('before', redriveExamples)
    .description('bring letters back to where they failed; without --yes only told')
    .helpCommand(false)
    .argument('<queue>')
    .option('--rate <letters>', 'letters a second at most, such as 100/s', perSecond)
    .option('--limit <number>', 'letters at most', wholeNumber(1, 1_000_000_000))
    .option('--max-redrives <number>', 'pass over what was redriven so often', wholeNumber(1, 1_000_000), 3)
    .option('--to <topic>', 'a topic of the topology that others read too')
  withTopology(withFilters(verb))
  withMoving(verb).action(async (queue: string, flags: RedriveFlags) => {
    const { redriveCommand } = await import('./redrive.ts')
    await redriveCommand(queue, flags)
  })
  addJobs(verb)
}

/** Flags that stand behind these verbs and that `redrive` has too are read by `redrive`. */
function addJobs(redrive: Command): void {
  const status = redrive.command('status').description('redrives of a queue, or one: how far')
  withDlqOutput(status.argument('<job>', 'name of the redrive, or a queue')).action(
    async (job: string, _own: DlqFlags, verb: Command) => {
      const { statusCommand } = await import('./jobs.ts')
      await statusCommand(job, verb.optsWithGlobals<DlqFlags>())
    },
  )
  const cancel = redrive.command('cancel').description('end one, wherever it runs')
  withMoving(cancel.argument('<job>', 'name of the redrive'), false).action(
    async (job: string, _own: MoveFlags, verb: Command) => {
      const { cancelCommand } = await import('./jobs.ts')
      await cancelCommand(job, verb.optsWithGlobals<MoveFlags>())
    },
  )
  const resume = redrive.command('resume').description('go on with one that was ended')
  withTopology(resume.argument('<job>', 'name of the redrive'))
  withMoving(resume, false).action(async (job: string, _own: JobFlags, verb: Command) => {
    const { resumeCommand } = await import('./redrive.ts')
    await resumeCommand(job, verb.optsWithGlobals<JobFlags>())
  })
}

function addEdit(noun: Command): void {
  const verb = noun
    .command('edit')
    .addHelpText('before', editExamples)
    .description('append a copy of a letter with another value; the original is marked, and stays')
    .argument('<queue>', 'topic, or the name in deadLetter(name)')
    .argument('<place>', 'partition/offset', letterPlace)
    .option('--value <file>', 'instead of an editor: the value, - for stdin')
  withTopology(verb)
  withMoving(verb, false).action(async (queue: string, place: ReturnType<typeof letterPlace>, flags: EditFlags) => {
    const { editCommand } = await import('./edit.ts')
    await editCommand(queue, place, flags)
  })
}

function addPurge(noun: Command): void {
  const verb = noun
    .command('purge')
    .addHelpText('before', purgeExamples)
    .description('delete the oldest (--before), or mark others as discarded; without --yes only told')
    .argument('<queue>', 'topic, or the name in deadLetter(name)')
    .option('--before <time>', '2026-11-21T08:00Z, -7d, or partition/offset')
  withTopology(withFilters(verb))
  withMoving(verb).action(async (queue: string, flags: PurgeFlags) => {
    const { purgeCommand } = await import('./purge.ts')
    await purgeCommand(queue, flags)
  })
}

function addImport(noun: Command): void {
  const verb = noun
    .command('import')
    .addHelpText('before', importExamples)
    .description('append exported letters, all or none; without --yes only told')
    .argument('<queue>', 'topic, or the name in deadLetter(name)')
    .argument('<file>', 'lines of JSON, - for stdin')
  withMoving(verb).action(async (queue: string, file: string, flags: MoveFlags) => {
    const { importCommand } = await import('./import.ts')
    await importCommand(queue, file, flags)
  })
}

function withTopology(verb: Command): Command {
  return verb.option('--topology <file>', 'that wrote them (default: the one started last)')
}

function withMoving(verb: Command, asksFirst = true): Command {
  if (asksFirst) verb.option('--yes', 'do it').option('--dry-run', 'only tell; needed where there is no terminal')
  verb.option('--who <name>', 'for marks and audit (default: user@host)', whoOf)
  return withDlqOutput(verb, ['table', 'json'])
}

const perUnit = { s: 1, m: 60, h: 3_600 } as const

/** `100/s`, `6000/m`; a number alone is a second's. */
function perSecond(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})(?:\/([smh]))?$/.exec(text) ?? []
  const rate = Number(count) / perUnit[unit as keyof typeof perUnit]
  if (rate > 0) return rate
  throw new InvalidArgumentError('Give letters a second, such as 100/s, or 30/m.')
}
