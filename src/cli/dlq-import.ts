/** `millrace dlq import` */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { importLetters, MillraceError } from '../index.ts'
import { outputOf } from './dlq-flags.ts'
import { grouped, whoIsThere } from './dlq-hand.ts'
import type { MoveFlags } from './dlq-move-flags.ts'
import { withKafka } from './topics-client.ts'

export async function importCommand(queue: string, file: string, flags: MoveFlags): Promise<void> {
  const { who = whoIsThere(), yes = false } = flags
  const result = await withKafka(
    flags.brokers,
    (kafka) => importLetters(kafka, { queue, lines: linesOf(file), dryRun: !yes, who }),
    'millrace dlq import',
  )
  if (outputOf(flags) === 'json') {
    console.log(JSON.stringify(result))
    return
  }
  const families = Object.entries(result.families).map(([family, count]) => `${grouped(count)} of ${family}`)
  const what = families.length === 0 ? '' : ` (${families.join(', ')})`
  console.log(`${result.queue}: ${grouped(result.letters)} letters ${yes ? 'were' : 'would be'} appended${what}`)
  if (!yes) console.error('Nothing was written. Add --yes to do it.')
}

/** @throws MillraceError MR4416 for a file that can't be read */
async function* linesOf(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new MillraceError('fatal', { code: 'MR4416', what: `${file} cannot be read`, why }, { cause: error })
  }
}
