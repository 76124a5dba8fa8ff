/** `millrace dlq show <queue> [partition/offset]` */
import { systemClock } from '../../clock.ts'
import { type DeadLetters, deadLetters, type ReadLetter } from '../../dead-letters/index.ts'
import { jsonText } from '../../serde/json-text.ts'
import { shortTime } from '../print/instants.ts'
import { safeJson } from '../print/safe-json.ts'
import { printTable } from '../print/table.ts'
import { visibleLine } from '../print/visible.ts'
import { schemaVersion } from '../store/print.ts'
import { withKafka } from '../topics/client.ts'
import { filterOf, topologyOf } from './filter.ts'
import { type DlqOutput, outputOf, type ShowFlags } from './flags.ts'
import { letterJson } from './json.ts'
import { letterLines } from './letter.ts'

export async function showCommand(
  queue: string,
  place: { readonly partition: number; readonly offset: number } | undefined,
  flags: ShowFlags,
): Promise<void> {
  const filter = filterOf(flags, systemClock.now())
  const topology = await topologyOf(flags.topology, queue)
  const show = async (letters: DeadLetters): Promise<void> => {
    if (place !== undefined) await showOne(letters, { topic: queue, ...place }, flags)
    else await showList(letters, letters.read({ queue, filter, all: flags.all === true }), flags)
  }
  await withKafka(
    flags.brokers,
    (kafka) => show(deadLetters(kafka, null, topology && { topology })),
    'millrace dlq show',
  )
}

async function showOne(
  letters: DeadLetters,
  place: Parameters<DeadLetters['letter']>[0],
  flags: ShowFlags,
): Promise<void> {
  const letter = await letters.letter(place)
  const meaning = await letters.decode(letter)
  const output = outputOf(flags)
  if (output === 'table') for (const line of letterLines(letter, meaning, flags.full === true)) console.log(line)
  if (output === 'json') console.log(safeJson({ schemaVersion, letter: letterJson(letter, meaning) }))
  if (output === 'ndjson') console.log(safeJson(letterJson(letter, meaning)))
}

/** Lines of JSON are printed as they come; a table and a JSON value are one thing. */
async function showList(letters: DeadLetters, found: AsyncIterable<ReadLetter>, flags: ShowFlags): Promise<void> {
  const output = outputOf(flags)
  const limit = flags.limit === 0 ? Number.POSITIVE_INFINITY : flags.limit
  const kept: unknown[] = []
  let count = 0
  for await (const letter of found) {
    if (count === limit) {
      count++
      break
    }
    count++
    const row = await rowOf(letters, letter, output)
    if (output === 'ndjson') console.log(safeJson(row))
    else kept.push(row)
  }
  const isComplete = count <= limit
  if (output === 'json') console.log(safeJson({ schemaVersion, complete: isComplete, letters: kept }))
  if (output === 'table' && count > 0) printTable(head, kept as string[][])
  if (output === 'table' && count === 0) console.error('no letters')
  if (output !== 'json' && !isComplete) console.error(`the first ${limit}; --limit 0 shows all`)
}

const head = ['place', 'written', 'what', 'key', 'value', 'message']
const cellLength = 60

async function rowOf(letters: DeadLetters, letter: ReadLetter, output: DlqOutput): Promise<unknown> {
  const meaning = await letters.decode(letter)
  if (output !== 'table') return letterJson(letter, meaning)
  const { partition, offset, time, node, stage, code, error, message, state } = letter
  const what = [state === 'open' ? null : state, node, stage, code, error].filter((part) => part !== null).join(' ')
  const cells = [what, textOf(meaning.key.value), textOf(meaning.value.value), message ?? '']
  return [`${partition}/${offset}`, shortTime(time), ...cells.map(cell)]
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === null ? '∅' : (jsonText(value) ?? String(value))
}

function cell(text: string): string {
  const line = visibleLine(text.slice(0, cellLength * 2))
  return line.length > cellLength ? `${line.slice(0, cellLength - 1)}…` : line
}
