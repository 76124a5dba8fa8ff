/** Runs `millrace` as a user would: a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** The program itself. */
export const main: string = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

const running = new Set<ChildProcess>()
// A test that fails must not leave its processes behind.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  /** Resolves once the text has been seen on stdout. @throws Error when the process ends without it */
  says(text: RegExp): Promise<RegExpExecArray>
  /** The same for stderr. */
  warns(text: RegExp): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

/** Starts `millrace` with these words and that input; variables that would reach a real cluster are not inherited. */
export function start(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input = '',
): RunningCommand {
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // Who ends without reading its input is no fault of the test.
  child.stdin.on('error', () => undefined).end(input)
  running.add(child)
  child.once('close', () => running.delete(child))
  const stdout = gather(child.stdout)
  const stderr = gather(child.stderr)
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    return { code: code ?? null, stdout: stdout.text, stderr: stderr.text }
  })
  return {
    says: (text) => seen(text, stdout, ended),
    warns: (text) => seen(text, stderr, ended),
    kill: (signal) => void child.kill(signal),
    ended,
  }
}

interface Gathered {
  readonly stream: Readable
  text: string
}

function gather(stream: Readable): Gathered {
  const gathered: Gathered = { stream, text: '' }
  stream.setEncoding('utf8').on('data', (text: string) => {
    gathered.text += text
  })
  return gathered
}

async function seen(text: RegExp, output: Gathered, ended: Promise<Ended>): Promise<RegExpExecArray> {
  for (;;) {
    const found = text.exec(output.text)
    if (found !== null) return found
    const more = await Promise.race([once(output.stream, 'data'), ended])
    if ('code' in more && !text.test(output.text)) throw new Error(`ended before ${text}: ${JSON.stringify(more)}`)
  }
}

/** Runs `millrace` to its end. */
export function millrace(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return start(words, environment).ended
}

/** The path of a fixture beside the tests. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
}
