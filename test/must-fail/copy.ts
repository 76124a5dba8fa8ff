/** A throw-away copy of the repository, in which guards are taken away. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Patch } from './guard.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const parts = ['src', 'test', 'scripts', 'examples', 'package.json', 'tsconfig.json', 'vitest.config.ts']

export class Copy {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'millrace-must-fail-'))

  constructor() {
    for (const part of parts) cpSync(join(root, part), join(this.folder, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'))
  }

  /**
   * Applies the patches and gives what takes them back.
   * @throws Error when what is to be replaced does not stand in its file exactly once: the guard has moved
   */
  apply(patches: readonly Patch[]): () => void {
    const former = new Map<string, string>()
    const undo = (): void => {
      for (const [path, text] of former) writeFileSync(path, text)
    }
    try {
      for (const patch of patches) {
        const path = join(this.folder, patch.file)
        const text = readFileSync(path, 'utf8')
        if (!former.has(path)) former.set(path, text)
        writeFileSync(path, patched(text, patch))
      }
    } catch (error) {
      undo()
      throw error
    }
    return undo
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function patched(text: string, { file, find, replace }: Patch): string {
  const times = text.split(find).length - 1
  if (times !== 1) throw new Error(`${file} holds ${times} times what should be there once: ${find}`)
  return text.replace(find, () => replace)
}
