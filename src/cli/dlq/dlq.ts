/** The words of `millrace dlq`: looking. What moves letters is in `dlq-moves.ts`. */
import type { Command } from 'commander'
import { plainName, wholeNumber } from '../values.ts'
import {
  type ExportFlags,
  type GroupsFlags,
  type ListFlags,
  letterPlace,
  type ShowFlags,
  withDlqOutput,
  withFilters,
} from './flags.ts'

const listExamples = `Examples:
  millrace dlq ls                                       queues of all apps
  millrace dlq ls orders --fail-over 100                exit code 6 when more are open
  millrace dlq ls --topic payments.DLT                  a queue that something else writes
`
const groupsExamples = `Examples:
  millrace dlq groups orders.dlq.orders
  millrace dlq groups orders --from-time -2h --stage process
`
const showExamples = `Examples:
  millrace dlq show orders --fingerprint 3fa91c0b77de   the letters of a group
  millrace dlq show orders 0/17 --topology orders.ts    one of them, read by the topology's serdes
  millrace dlq show orders --filter 'value.total > 100 && attempts == 1'
`
const exportExamples = `Examples:
  millrace dlq export orders > letters.ndjson           a letter per line, bytes in base64
  millrace dlq export orders --node price --out price.ndjson
`

/** Adds the noun and the verbs that look. @returns the noun, for further verbs */
export function addDlqVerbs(program: Command): Command {
  const noun = program.command('dlq').description('look at dead letters, and bring them back').helpCommand(false)
  addList(noun)
  addGroups(noun)
  addShow(noun)
  addExport(noun)
  return noun
}

function addList(noun: Command): void {
  const verb = noun
    .command('ls')
    .addHelpText('before', listExamples)
    .description('queues: how many letters wait, since when, and for how long they are kept')
    .argument('[app]', 'name of a topology', plainName)
    .option('--topic <name>', 'a queue that something else writes, may be repeated', gathered, [])
    .option('--fail-over <number>', 'exit with 6 when a queue has more open letters', wholeNumber(0, 1_000_000_000_000))
    .option('--exact', 'read all letters: large queues are otherwise counted by offsets, which is an upper bound')
  withDlqOutput(verb).action(async (app: string | undefined, flags: ListFlags) => {
    const { listQueuesCommand } = await import('./ls.ts')
    await listQueuesCommand(app ?? null, flags)
  })
}

function addGroups(noun: Command): void {
  const verb = noun
    .command('groups')
    .addHelpText('before', groupsExamples)
    .description('letters by what went wrong: counts, times, and one example of each')
    .argument('<queue>', 'topic, or the name in deadLetter(name)')
  withReading(verb).action(async (queue: string, flags: GroupsFlags) => {
    const { groupsCommand } = await import('./groups.ts')
    await groupsCommand(queue, flags)
  })
}

function addShow(noun: Command): void {
  const verb = noun
    .command('show')
    .addHelpText('before', showExamples)
    .description('a letter with all that is known of it; without a place a list of letters')
    .argument('<queue>', 'topic, or the name in deadLetter(name)')
    .argument('[place]', 'partition/offset', letterPlace)
    .option('--limit <number>', 'letters of a list at most, 0 for all', wholeNumber(0, 1_000_000_000), 20)
    .option('--full', 'long values and stacks to their ends')
  withReading(verb).action(
    async (queue: string, place: ReturnType<typeof letterPlace> | undefined, flags: ShowFlags) => {
      const { showCommand } = await import('./show.ts')
      await showCommand(queue, place, flags)
    },
  )
}

function addExport(noun: Command): void {
  const verb = noun
    .command('export')
    .addHelpText('before', exportExamples)
    .description('write letters as lines of JSON that lose nothing')
    .argument('<queue>', 'topic, or the name in deadLetter(name)')
    .option('--out <file>', 'instead of to stdout')
  withReading(verb).action(async (queue: string, flags: ExportFlags) => {
    const { exportCommand } = await import('./export.ts')
    await exportCommand(queue, flags)
  })
}

function withReading(verb: Command): Command {
  withFilters(verb)
    .option('--all', 'also what was redriven, edited or discarded')
    .option('--topology <file>', "read keys and values by the topology's serdes")
  return withDlqOutput(verb)
}

function gathered(text: string, before: readonly string[]): string[] {
  return [...before, text]
}
