/** What the verbs of `millrace dlq` have in common: where Kafka is, which letters, how to print. */
import { type Command, Help, InvalidArgumentError, Option } from 'commander'
import type { LetterFilter } from '../../dead-letters/index.ts'
import { brokerList } from '../values.ts'

export type DlqOutput = 'table' | 'json' | 'ndjson'

/** Flags of every verb, as commander gives them. */
export interface DlqFlags {
  readonly brokers?: readonly string[]
  readonly json?: boolean
  readonly output?: DlqOutput
}

/** The names of flags and of a filter that are the same. */
export const exactFilters = [
  'topic',
  'node',
  'stage',
  'code',
  'error',
  'key',
  'fingerprint',
] as const satisfies readonly (keyof LetterFilter)[]

/** Flags that choose letters, as commander gives them. */
export interface FilterFlags extends Pick<LetterFilter, (typeof exactFilters)[number]> {
  readonly fromTime?: string
  readonly toTime?: string
  readonly filter?: string
}

export interface ListFlags extends DlqFlags {
  readonly topic: readonly string[]
  readonly failOver?: number
  readonly exact?: boolean
}

export interface GroupsFlags extends DlqFlags, FilterFlags {
  readonly all?: boolean
  readonly topology?: string
}

export interface ShowFlags extends GroupsFlags {
  readonly limit: number
  readonly full?: boolean
}

export interface ExportFlags extends GroupsFlags {
  readonly out?: string
}

/** Adds `--brokers`, `-o`, `--json`, `--verbose` and `--no-color`; the last three are those of every command. */
export function withDlqOutput(command: Command, formats: readonly DlqOutput[] = ['table', 'json', 'ndjson']): Command {
  return command
    .option('--brokers <list>', 'host:port,host:port (default: KAFKA_BROKERS)', brokerList)
    .addOption(outputOption(formats))
    .option('--json', 'short for -o json')
    .option('--verbose', 'errors with their stack')
    .option('--no-color', 'no colour (also NO_COLOR)')
    .configureHelp({ formatHelp: briefHelp })
}

/** Flags that every command has, and filters, would fill a screen: they are known, and named elsewhere. */
function briefHelp(command: Command, helper: Help): string {
  const known = new Set([
    '--json',
    '--verbose',
    '--no-color',
    ...Object.keys(filterFlags).map((flag) => flag.split(' ')[0]!),
  ])
  const brief = Object.create(helper) as Help
  const isFiltered = command.options.some(({ long }) => long === '--fingerprint')
  brief.visibleOptions = (each) => {
    return helper
      .visibleOptions(each)
      .filter(({ long = '' }) => !known.has(long!) || (long === '--topic' && !isFiltered))
  }
  return Help.prototype.formatHelp.call(brief, command, brief)
}

/** Refused as commander refuses choices, but told in fewer words. */
function outputOption(formats: readonly DlqOutput[]): Option {
  const option = new Option('-o, --output <format>').choices(formats)
  option.description = `${formats.join(', ')}; --json for short`
  delete option.argChoices
  return option
}

/** Those of a filter, as `millrace help filters` lists them. */
export const filterFlags = {
  '--topic <name>': 'records that were read from this topic',
  '--node <name>': 'that failed in this step',
  '--stage <stage>': 'deserialize, process, serialize, produce, late, timeout',
  '--code <code>': 'with this error code: MR4101',
  '--error <class>': 'with an error of this class',
  '--key <text>': 'with this key, as text or JSON',
  '--fingerprint <hex>': 'of this group',
  '--from-time <time>': 'written then or later: 2026-11-21T08:00Z, or -2h',
  '--to-time <time>': 'written before',
  '--filter <expression>': "such as 'value.total > 100'",
} as const

const filterHint = `
Filters, of which all must hold (millrace help filters):
  --topic --node --stage --code --error --key --fingerprint --from-time
  --to-time --filter 'value.total > 100'
`

/** Adds the flags that choose letters; all that are given must hold. */
export function withFilters(command: Command): Command {
  for (const [flag, meaning] of Object.entries(filterFlags)) command.option(flag, meaning)
  return command.addHelpText('after', filterHint)
}

export function outputOf({ json, output }: DlqFlags): DlqOutput {
  return output ?? (json === true ? 'json' : 'table')
}

/** `0/17`: partition and offset of a letter. */
export function letterPlace(text: string): { readonly partition: number; readonly offset: number } {
  const [, partition, offset] = /^(\d{1,9})\/(\d{1,15})$/.exec(text) ?? []
  if (partition !== undefined && offset !== undefined) return { partition: Number(partition), offset: Number(offset) }
  throw new InvalidArgumentError('Give partition and offset, such as 0/17.')
}
