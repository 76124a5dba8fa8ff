/** `millrace dlq edit`: the value of one letter, in an editor or from a file. */
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { type Editable, type EditResult, editable, editLetter } from '../../dead-letters/index.ts'
import { MillraceError } from '../../index.ts'
import type { Kafka } from '../../kafka/port.ts'
import { whoIsThere } from '../operate/who.ts'
import { withKafka } from '../topics/client.ts'
import { editorOf, withEditor } from './editor.ts'
import { outputOf } from './flags.ts'
import { queueInHand } from './hand.ts'
import type { EditFlags } from './move-flags.ts'
import { printFields, printJson } from './print.ts'

interface Place {
  readonly partition: number
  readonly offset: number
}

/** Nothing is written where the value comes back as it was. */
export async function editCommand(name: string, place: Place, flags: EditFlags): Promise<void> {
  // Before Kafka is asked: a script learns at once what it lacks.
  if (flags.value === undefined) editorOf(process.env, process.stdin.isTTY)
  const result = await withKafka(flags.brokers, (kafka) => edit(kafka, name, place, flags), 'millrace dlq edit')
  print(result, flags)
}

async function edit(kafka: Kafka, name: string, place: Place, flags: EditFlags): Promise<EditResult | null> {
  const { who = whoIsThere() } = flags
  const { queue, owner } = await queueInHand(kafka, name, flags.topology)
  const { topic } = queue
  const letter = await editable(kafka, { topic, ...place }, owner.topology)
  const write = async (changed: Uint8Array): Promise<EditResult> => {
    return editLetter(kafka, { queue: topic, ...place, value: await letter.read(changed), who })
  }
  if (flags.value !== undefined) return write(await given(flags.value))
  return withEditor(textOf(letter), write)
}

function print(result: EditResult | null, flags: EditFlags): void {
  if (outputOf(flags) === 'json') {
    printJson({ unchanged: result === null, ...result })
    return
  }
  if (result === null) {
    console.error('The value is as it was: nothing was written.')
    return
  }
  const { queue, from, copy, before, after } = result
  printFields({ queue, edited: from, copy, before, after })
  console.error(`Bring it back with: millrace dlq redrive ${queue} --filter 'offset == ${copy.split('/')[1]}' --yes`)
}

async function given(file: string): Promise<Uint8Array> {
  if (file === '-') return buffer(process.stdin)
  try {
    return await readFile(file)
  } catch (error) {
    throw new MillraceError('fatal', { code: 'MR1003', what: `--value cannot be read from ${file}` }, { cause: error })
  }
}

function textOf({ text }: Editable): string {
  if (text === null) throw noText()
  return text
}

function noText(): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4415',
    what: 'The value is no text',
    why: 'neither are its bytes, nor can the topology read them',
    fix: 'Give other bytes with --value FILE, or the topology with --topology FILE',
  })
}
