/** `millrace …` as an operator types it, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Command {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** @param words without `millrace` and `--brokers` */
export function millrace(brokers: string, ...words: readonly string[]): Command {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...words, '--brokers', brokers], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const ended: Command['ended'] = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { child, ended }
}

/** Runs to its end. @returns the last line of stdout, as JSON. @throws Error when it fails */
export async function millraceJson(brokers: string, ...words: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await millrace(brokers, ...words, '--json').ended
  if (code !== 0) throw new Error(`millrace ${words.join(' ')} ended with ${code}\n${stderr}${stdout}`)
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>
}
