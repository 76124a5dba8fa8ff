/** `millrace dlq import` */
import { createReadStream } from 'node:fs'
import { importLetters } from '../../dead-letters/index.ts'
import { findFault, toError } from '../../faults.ts'
import { MillraceError } from '../../index.ts'
import { whoIsThere } from '../operate/who.ts'
import { grouped } from '../print/grouped.ts'
import { withKafka } from '../topics/client.ts'
import { isMeant } from './consent.ts'
import { outputOf } from './flags.ts'
import type { MoveFlags } from './move-flags.ts'
import { printJson, sayNothingWritten } from './print.ts'

export async function importCommand(queue: string, file: string, flags: MoveFlags): Promise<void> {
  const { who = whoIsThere() } = flags
  const yes = isMeant(flags)
  const result = await withKafka(
    flags.brokers,
    (kafka) => importLetters(kafka, { queue, lines: readFile(file), dryRun: !yes, who }),
    'millrace dlq import',
  )
  if (outputOf(flags) === 'json') {
    printJson(result)
    return
  }
  const families = Object.entries(result.families).map(([family, count]) => `${grouped(count)} of ${family}`)
  const what = families.length === 0 ? '' : ` (${families.join(', ')})`
  console.log(`${result.queue}: ${grouped(result.letters)} letters ${yes ? 'were' : 'would be'} appended${what}`)
  if (!yes) sayNothingWritten()
}

/** @throws MillraceError MR4416 for a file that can't be read */
async function* readFile(file: string): AsyncGenerator<string> {
  try {
    yield* linesOf(file === '-' ? process.stdin : createReadStream(file))
  } catch (error) {
    if (findFault(error) !== undefined) throw error
    const why = toError(error).message
    throw new MillraceError('fatal', { code: 'MR4416', what: `${file} cannot be read`, why }, { cause: error })
  }
}

/** Cut at line feeds alone, with or without a carriage return; a byte order mark is none of the first line. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n')
    rest = parts.pop()!
    for (const line of parts) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
