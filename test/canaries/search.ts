/** Looks for a seed that fails, in another process: what is simulated there may be a copy with a bug. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** A seed, and what was found wrong. */
export interface Failed {
  readonly seed: number
  readonly failures: readonly string[]
}

type Child = ChildProcessByStdio<null, Readable, Readable>

/** A seed takes a second or two: this is for one that never ends. */
const patienceMilliseconds = 180_000

/**
 * Runs seeds of a world in the tree at `folder`. A seed that does not end, or ends the process, has failed.
 * @returns the first from `from` to `until` that fails; null where none does
 */
export async function search(folder: string, world: string, from: number, until: number): Promise<Failed | null> {
  const words = ['test/canaries/seek.ts', world, String(from), String(until)]
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  try {
    return await watch(child)
  } finally {
    process.off('exit', kill)
  }
}

async function watch(child: Child): Promise<Failed | null> {
  const said: string[] = []
  child.stderr.on('data', (bytes) => said.push(String(bytes)))
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code))
  })
  let last: Failed | null = null
  const patience = setTimeout(() => child.kill('SIGKILL'), patienceMilliseconds)
  for await (const line of createInterface({ input: child.stdout })) {
    last = JSON.parse(line) as Failed
    patience.refresh()
  }
  clearTimeout(patience)
  const end = await ended
  // A patch that is no code, say: that is no bug which a world has caught.
  if (last === null) throw new Error(`No seed began, the process ended with ${end}: ${said.join('')}`)
  if (end !== 0) return { seed: last.seed, failures: [`the process ended with ${end}: ${said.join('').slice(-500)}`] }
  return last.failures.length === 0 ? null : last
}
