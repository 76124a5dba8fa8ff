/** `millrace dlq edit`: the value of one letter, in an editor or from a file. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type Editable, type EditResult, editable, editLetter, MillraceError } from '../index.ts'
import { outputOf } from './dlq-flags.ts'
import { printFields, queueInHand, whoIsThere } from './dlq-hand.ts'
import type { EditFlags } from './dlq-move-flags.ts'
import { withKafka } from './topics-client.ts'

/** Nothing is written where the value comes back as it was. */
export async function editCommand(
  name: string,
  place: { readonly partition: number; readonly offset: number },
  flags: EditFlags,
): Promise<void> {
  const { who = whoIsThere() } = flags
  const result = await withKafka(
    flags.brokers,
    async (kafka) => {
      const { queue, owner } = await queueInHand(kafka, name, flags.topology)
      const { topic } = queue
      const letter = await editable(kafka, { topic, ...place }, owner.topology)
      const changed = flags.value === undefined ? await inEditor(letter) : await given(flags.value)
      if (changed === null) return null
      return editLetter(kafka, { queue: topic, ...place, value: await letter.read(changed), who })
    },
    'millrace dlq edit',
  )
  print(result, flags)
}

function print(result: EditResult | null, flags: EditFlags): void {
  if (outputOf(flags) === 'json') {
    console.log(JSON.stringify(result ?? { unchanged: true }))
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

/** Null when it was left as it was. */
async function inEditor({ text, form }: Editable): Promise<Uint8Array | null> {
  if (text === null) throw noText()
  const directory = await mkdtemp(join(tmpdir(), 'millrace-edit-'))
  const file = join(directory, form === 'json' || isJson(text) ? 'value.json' : 'value.txt')
  try {
    await writeFile(file, text, { mode: 0o600 })
    await openEditor(file)
    const changed = await readFile(file, 'utf8')
    // Editors end a file with a line feed that nobody typed.
    const own = changed.endsWith('\n') && !text.endsWith('\n') ? changed.slice(0, -1) : changed
    return own === text ? null : Buffer.from(own)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Through a shell, since people write `EDITOR="code --wait"`; the file's name is no part of the words. */
async function openEditor(file: string): Promise<void> {
  const editor = process.env.VISUAL ?? process.env.EDITOR ?? 'vi'
  const running = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' })
  const [code] = (await once(running, 'close')) as [number | null]
  if (code !== 0) {
    throw new MillraceError('fatal', {
      code: 'MR4415',
      what: `The editor ended with ${code ?? 'a signal'}`,
      why: editor,
      fix: 'Set EDITOR, or give the value with --value FILE. Nothing was written.',
    })
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function noText(): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4415',
    what: 'The value is no text',
    why: 'neither are its bytes, nor can the topology read them',
    fix: 'Give other bytes with --value FILE, or the topology with --topology FILE',
  })
}
