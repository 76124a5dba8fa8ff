/** Runs `millrace` as a user would: a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  /** Resolves once the text has been seen on stdout. @throws Error when the process ends without it */
  says(text: RegExp): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

/** Starts `millrace` with these words; variables that would reach a real cluster are not inherited. */
export function start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): RunningCommand {
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(([code]: (number | null)[]) => ({ code: code ?? null, stdout, stderr }))
  const says = async (text: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = text.exec(stdout)
      if (found !== null) return found
      const result = await Promise.race([once(child.stdout, 'data'), ended])
      if ('code' in result && !text.test(stdout)) throw new Error(`ended with ${result.code} before ${text}: ${stderr}`)
    }
  }
  return { says, kill: (signal) => void child.kill(signal), ended }
}

/** Runs `millrace` to its end. */
export function millrace(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return start(words, environment).ended
}

/** The path of a fixture beside the tests. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
}
