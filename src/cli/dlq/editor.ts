/** A text in the editor of whoever sits there. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MillraceError } from '../../faults.ts'

/**
 * The command of the editor.
 * @throws MillraceError MR1001 where nobody said which, and there is no terminal for one
 */
export function editorOf(environment: NodeJS.ProcessEnv, isTerminal: boolean): string {
  const editor = environment.VISUAL || environment.EDITOR
  if (editor) return editor
  if (isTerminal) return 'vi'
  throw new MillraceError('fatal', {
    code: 'MR1001',
    what: 'There is no terminal for an editor: --value is missing',
    fix: 'Give the value with --value FILE, - for stdin; or set EDITOR',
  })
}

/**
 * Opens a text in the editor, and gives what it became to `use`. Where that fails the file stays, and the error says where
 * it is: nobody types it twice.
 * @returns null when it was left as it was
 */
export async function withEditor<T>(text: string, use: (changed: Uint8Array) => Promise<T>): Promise<T | null> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-edit-'))
  const file = join(directory, isJson(text) ? 'value.json' : 'value.txt')
  let isKept = false
  try {
    await writeFile(file, text, { mode: 0o600 })
    await openEditor(file)
    const changed = await readFile(file, 'utf8')
    // Editors end a file with a line feed that nobody typed.
    const own = changed.endsWith('\n') && !text.endsWith('\n') ? changed.slice(0, -1) : changed
    if (own === text) return null
    isKept = true
    const result = await use(Buffer.from(own))
    isKept = false
    return result
  } catch (error) {
    if (isKept) console.error(`What you typed is in ${file}: correct it, and give it with --value`)
    throw error
  } finally {
    if (!isKept) await rm(directory, { recursive: true, force: true })
  }
}

/** Ctrl-C in the editor is the editor's. */
const ignore = (): void => undefined

/** Through a shell, since people write `EDITOR="code --wait"`; the file's name is no part of the words. */
async function openEditor(file: string): Promise<void> {
  const editor = editorOf(process.env, process.stdin.isTTY)
  // What an editor draws is no result: a program may read stdout.
  const screen = process.stdout.isTTY ? 'inherit' : process.stderr
  process.on('SIGINT', ignore)
  try {
    const running = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: ['inherit', screen, 'inherit'] })
    const [code] = (await once(running, 'close')) as [number | null]
    if (code !== 0) throw endedWith(code, editor)
  } finally {
    process.off('SIGINT', ignore)
  }
}

function endedWith(code: number | null, editor: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4415',
    what: `The editor ended with ${code ?? 'a signal'}`,
    why: editor,
    fix: 'Set EDITOR, or give the value with --value FILE. Nothing was written.',
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
