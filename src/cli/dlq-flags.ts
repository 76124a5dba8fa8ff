/** What the verbs of `millrace dlq` have in common: where Kafka is, which letters, how to print. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { LetterFilter } from '../index.ts'
import { brokerList } from './values.ts'

export type DlqOutput = 'table' | 'json' | 'ndjson'

/** Flags of every verb, as commander gives them. */
export interface DlqFlags {
  readonly brokers?: readonly string[]
  readonly json?: boolean
  readonly output?: DlqOutput
}

/** Flags that choose letters, as commander gives them. */
export interface FilterFlags {
  readonly topic?: string
  readonly node?: string
  readonly stage?: string
  readonly code?: string
  readonly error?: string
  readonly key?: string
  readonly fingerprint?: string
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

/** Adds `--brokers`, `-o`, `--json`, `--verbose` and `--no-color`. */
export function withDlqOutput(command: Command, formats: readonly DlqOutput[] = ['table', 'json', 'ndjson']): Command {
  return command
    .option('--brokers <list>', 'host:port, several separated by commas (default: KAFKA_BROKERS)', brokerList)
    .addOption(new Option('-o, --output <format>', 'how to print the result').choices(formats))
    .option('--json', 'short for -o json')
    .option('--verbose', 'errors with their stack')
    .option('--no-color', 'no colour (also NO_COLOR)')
}

/** Adds the flags that choose letters; all that are given must hold. */
export function withFilters(command: Command): Command {
  return command
    .option('--topic <name>', 'records that were read from this topic')
    .option('--node <name>', 'that failed in this step')
    .option('--stage <stage>', 'deserialize, process, serialize, produce, late, timeout')
    .option('--code <code>', 'with this error code: MR4101')
    .option('--error <class>', 'with an error of this class')
    .option('--key <text>', 'with this key, as text or JSON')
    .option('--fingerprint <hex>', 'of this group')
    .option('--from-time <time>', 'written then or later: 2026-11-21T08:00Z, or -2h')
    .option('--to-time <time>', 'written before')
    .option('--filter <expression>', "such as 'value.total > 100'; see millrace help filters")
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

/** The names of flags and of a filter that are the same. */
export const exactFilters = [
  'topic',
  'node',
  'stage',
  'code',
  'error',
  'key',
  'fingerprint',
] as const satisfies readonly (keyof FilterFlags | keyof LetterFilter)[]
