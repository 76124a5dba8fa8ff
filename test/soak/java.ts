/** The verifier and the witness: Java on Kafka's own client, compiled anew for each soak. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kafkaJars } from '../../scripts/kafka.ts'

const sources = fileURLToPath(new URL('./verifier/', import.meta.url))
// Kafka's client finds nothing to log with, and would say so.
const quiet = ['-Dslf4j.internal.verbosity=ERROR', '-Dlog4j2.level=ERROR', '-Dlog4j2.statusLoggerLevel=OFF']

export interface Program {
  readonly child: ChildProcess
  /** The last line of stdout. @throws Error with what it said when it failed */
  readonly answer: Promise<string>
}

/** Compiles into that folder. @throws Error with what the compiler says */
export async function compileJava(classes: string): Promise<void> {
  const files = readdirSync(sources).filter((file) => file.endsWith('.java'))
  const words = ['-nowarn', '-d', classes, '-cp', join(kafkaJars(), '*'), ...files.map((file) => join(sources, file))]
  await runProgram('javac', words).answer
}

export interface Machine {
  /** Java's word: `256m`. */
  readonly heap: string
  /** `quick` is ready sooner, `full` is faster in the long run. */
  readonly compile: 'quick' | 'full'
}

/** @param classes what `compileJava` has made */
export function java(classes: string, { heap, compile }: Machine, program: string, words: readonly string[]): Program {
  const path = [classes, join(kafkaJars(), '*')].join(delimiter)
  const flags = [
    `-Xmx${heap}`,
    '-XX:+UseSerialGC',
    ...(compile === 'quick' ? ['-XX:TieredStopAtLevel=1'] : []),
    ...quiet,
  ]
  return runProgram('java', [...flags, '-cp', path, program, ...words])
}

function runProgram(command: string, words: readonly string[]): Program {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe'] })
  const last = (): boolean => child.kill('SIGKILL')
  process.once('exit', last)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr = (stderr + chunk).slice(-8_192)))
  const answer = once(child, 'close').then(([code]) => {
    process.off('exit', last)
    if (code === 0) return stdout.trimEnd().split('\n').at(-1)!
    throw new Error(`${command} ended with ${code}\n${stderr}${stdout}`)
  })
  // Whoever asks later still hears of it.
  answer.catch(() => {})
  return { child, answer }
}
