/** A `millrace run` in a process of its own, as a user would start it; it can be killed, and tells what it used. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { rssHighWaterMark } from './memory.ts'
import type { Usage } from './usage.ts'

/** What is to run, and how. */
export interface WorkerSpec {
  /** The file that exports the topology. */
  readonly file: string
  readonly brokers: string
  readonly instance: string
  /** Given: run until the end of the input, under this id. Absent: run until stopped. */
  readonly runId?: string
  /** Further words for `millrace run`: `['--threads', '2']`. */
  readonly words?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** True: as the package has it, built by `npm run build`. Else from the sources as they are. */
  readonly isBuilt?: boolean
  /** URLs of modules that all its threads import first. */
  readonly preloads?: readonly string[]
}

/** How a worker ended. */
export interface WorkerEnd {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Last lines of what it said. */
  readonly said: string
  /** Null when it was killed. */
  readonly usage: Usage | null
}

/** A running worker process. */
export interface WorkerProcess {
  readonly instance: string
  readonly pid: number
  readonly alive: boolean
  /** What was asked of it, if anything. */
  readonly told: 'to stop' | 'to die' | null
  readonly ended: Promise<WorkerEnd>
  /** Most memory it has had so far, in bytes; 0 where the system does not tell. */
  peakRssBytes(): number
  /** Sends any other signal; false when the worker has ended. */
  signal(signal: NodeJS.Signals): boolean
  /** SIGTERM: it commits, leaves its group and exits with 0. */
  stop(): void
  /** SIGKILL. */
  kill(): void
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const usage = new URL('./usage.ts', import.meta.url).href
const built = new URL('./built.ts', import.meta.url).href
const rememberedCharacters = 4_096
const living = new Set<ChildProcess>()

// A tool that is ended must not leave workers behind.
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** Starts a worker. */
export function startWorker(spec: WorkerSpec): WorkerProcess {
  const bounded = spec.runId === undefined ? [] : ['--until', 'end', '--run-id', spec.runId]
  const words = [
    'run',
    spec.file,
    '--brokers',
    spec.brokers,
    '--instance',
    spec.instance,
    ...bounded,
    ...(spec.words ?? []),
  ]
  const preloads = [...(spec.isBuilt ? [built] : []), usage, ...(spec.preloads ?? [])]
  const program = spec.isBuilt ? 'dist/cli/main.js' : 'src/cli/main.ts'
  const child = spawn(process.execPath, [...preloads.flatMap((url) => ['--import', url]), program, ...words], {
    cwd: root,
    env: { ...process.env, ...spec.environment },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  living.add(child)
  const said = remember(child.stderr)
  const reported = remember(child.stdio[3])
  let peak = 0
  let told: WorkerProcess['told'] = null
  return {
    instance: spec.instance,
    pid: child.pid ?? -1,
    get alive() {
      return child.exitCode === null && child.signalCode === null
    },
    get told() {
      return told
    },
    ended: ending(child, said, reported),
    peakRssBytes: () => (peak = Math.max(peak, rssHighWaterMark(child.pid ?? -1))),
    signal: (signal) => child.kill(signal),
    stop: () => {
      told = 'to stop'
      child.kill('SIGTERM')
    },
    kill: () => {
      told = 'to die'
      child.kill('SIGKILL')
    },
  }
}

function ending(child: ChildProcess, said: () => string, reported: () => string): Promise<WorkerEnd> {
  return new Promise((resolve, fail) => {
    child.once('error', fail)
    // 'close' comes after 'exit', when the pipes are read to their end.
    child.once('close', (code, signal) => {
      living.delete(child)
      resolve({ code, signal, said: said().trim(), usage: parseUsage(reported()) })
    })
  })
}

/** Reads a pipe and keeps its tail. */
function remember(stream: unknown): () => string {
  let tail = ''
  const readable = stream as NodeJS.ReadableStream
  readable.setEncoding('utf8')
  readable.on('data', (chunk) => {
    tail = (tail + String(chunk)).slice(-rememberedCharacters)
  })
  return () => tail
}

function parseUsage(line: string): Usage | null {
  return line.endsWith('\n') ? (JSON.parse(line) as Usage) : null
}
