/** `millrace help exit-codes | env | MR…`: printed from the tables that the program itself runs by. */
import type { Command } from 'commander'
import { variables } from '../environment/variables.ts'
import { type ErrorCode, errorCodes, MillraceError } from '../faults.ts'
import { codeHelp } from './code-help.ts'
import { filterHelp } from './dlq/filter-help.ts'
import { filterFlags } from './dlq/flags.ts'
import { exitCodes } from './exit-codes.ts'

interface HelpTopic {
  readonly text: () => string
  readonly data: () => unknown
}

const topics: Readonly<Record<string, HelpTopic>> = {
  'exit-codes': { text: () => columns(Object.entries(exitCodes)), data: () => exitCodes },
  env: {
    text: environmentText,
    data: () => Object.entries(variables).map(([name, variable]) => ({ name, ...variable })),
  },
  filters: {
    text: () => [filterHelp.text, columns(fieldRows()), flagText()].join('\n\n'),
    data: () => filterHelp.fields,
  },
  codes: {
    text: () => columns(Object.entries(errorCodes).map(([code, { meaning }]) => [code, meaning])),
    data: () => Object.entries(errorCodes).map(([code, entry]) => ({ code, ...entry })),
  },
}

/**
 * Prints help on a topic, an error code or a command.
 * @throws MillraceError `MR1001` when there is no such thing
 */
export function helpCommand(program: Command, words: readonly string[], json: boolean): void {
  const [first = ''] = words
  const topic = /^MR\d+$/i.test(first) ? codeTopic(first.toUpperCase()) : topics[first]
  if (topic !== undefined) console.log(json ? JSON.stringify(topic.data()) : topic.text())
  else findCommand(program, words).outputHelp()
}

function findCommand(program: Command, words: readonly string[]): Command {
  let command = program
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word)
    if (next === undefined)
      throw unknownTopic(words, [...Object.keys(topics), ...command.commands.map((each) => each.name())])
    command = next
  }
  return command
}

function unknownTopic(words: readonly string[], known: readonly string[]): MillraceError {
  const what = `There is no help on "${words.join(' ')}"`
  return new MillraceError('fatal', { code: 'MR1001', what, fix: `Known are ${known.join(', ')}, and error codes` })
}

function codeTopic(word: string): HelpTopic {
  const code = knownCode(word)
  const { meaning, exit } = errorCodes[code]
  const { cause, fix } = codeHelp[code]
  const lines = [`${code}  ${meaning}`, `  why     ${cause}`, `  fix     ${fix}`, `  exit    ${exit}`]
  return { text: () => lines.join('\n'), data: () => ({ code, meaning, exit, cause, fix }) }
}

function knownCode(topic: string): ErrorCode {
  if (Object.hasOwn(errorCodes, topic)) return topic as ErrorCode
  throw new MillraceError('fatal', {
    code: 'MR1001',
    what: `There is no error code ${topic}`,
    fix: 'millrace help codes lists them all',
  })
}

function environmentText(): string {
  const rows = Object.entries(variables).map(([name, { meaning, form, ...more }]) => {
    const alias = 'alias' in more ? ` (also ${more.alias})` : ''
    return [name, `${meaning}${alias}: ${form}`] as const
  })
  return `Flags come first, then the environment, then defaults.\n\n${columns(rows)}`
}

function fieldRows(): [string, string][] {
  return Object.entries(filterHelp.fields).map(([name, { meaning }]) => [name, meaning])
}

function flagText(): string {
  return `Beside it, and all of them must hold:\n\n${columns(Object.entries(filterFlags))}`
}

function columns(rows: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n')
}
