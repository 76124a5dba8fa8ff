/** The command `millrace`: parses, runs, and turns whatever goes wrong into one clear error and an exit code. */
import { CommanderError } from 'commander'
import { MillraceError } from '../faults.ts'
import { printError } from './errors.ts'
import { makeProgram } from './program.ts'

/** @returns the exit code */
export async function main(words: readonly string[]): Promise<number> {
  quietBrokenPipes()
  if (words.includes('--no-color')) dropColour()
  try {
    await makeProgram().parseAsync(words, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (!(error instanceof CommanderError)) return printError(error, styleOf(words))
    if (error.exitCode === 0) return 0
    // Help instead of a missing verb: it is on stderr already.
    return error.code === 'commander.help' ? 2 : printError(usageError(error), styleOf(words))
  }
}

/** Read from the words themselves: an error of the command line must be printed in the form that it asked for. */
function styleOf(words: readonly string[]): { json: boolean; verbose: boolean } {
  const json = words.some((word, index) => /^(--json|-ojson|--output=json)$/.test(word) || isOutputJson(words, index))
  return { json, verbose: words.includes('--verbose') }
}

function isOutputJson(words: readonly string[], index: number): boolean {
  return words[index] === 'json' && /^(-o|--output)$/.test(words[index - 1] ?? '')
}

/** The parser's message `error: what\n(Did you mean this?)` in our words. */
function usageError({ message }: CommanderError): MillraceError {
  const [first = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const what = first.charAt(0).toUpperCase() + first.slice(1)
  const fix = suggestion?.replace(/[()]/g, '') ?? 'Add --help to see what the command takes'
  return new MillraceError('fatal', { code: 'MR1001', what, fix })
}

function dropColour(): void {
  process.env.NO_COLOR = '1'
  delete process.env.FORCE_COLOR
}

/** Who closes our output has read enough: no error. A lost stderr stops nothing. */
function quietBrokenPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  process.stderr.on('error', () => {})
}
