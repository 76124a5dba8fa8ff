/** A program in a process of its own, and what that used. */
import { type ChildProcess, spawn } from 'node:child_process'
import { rssHighWaterMark } from '../scripts/tools/memory.ts'
import { systemClock } from '../scripts/tools/world.ts'
import type { PeerProgram } from './peers/peer.ts'
import { cpuTimesOf } from './proc.ts'

/** How a program ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The last characters of each. */
  readonly stdout: string
  readonly stderr: string
  /** Of the process and the children it waited for. */
  readonly cpuSeconds: number
  readonly peakRssBytes: number
}

/** A program that runs. */
export interface Running {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** SIGTERM; who has not ended ten seconds later is killed. */
  stop(): void
}

const samplingMilliseconds = 50
const graceMilliseconds = 10_000
const rememberedCharacters = 16_384
const living = new Set<ChildProcess>()

// A bench that is ended must not leave its peers behind.
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** Starts a program; it is killed when `timeoutMilliseconds` have passed. */
export function startProgram(what: PeerProgram, timeoutMilliseconds: number): Running {
  const before = cpuTimesOf('self').children
  const child = spawn(what.program, what.arguments, {
    env: { ...process.env, ...what.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  living.add(child)
  const said = { stdout: remember(child.stdout), stderr: remember(child.stderr) }
  const sampler = startSampling(child.pid ?? -1)
  const overdue = systemClock.after(timeoutMilliseconds, () => child.kill('SIGKILL'))
  const ended = endOf(child)
    .finally(() => {
      living.delete(child)
      overdue.cancel()
      sampler.stop()
    })
    .then((end): Ended => {
      // The kernel adds what a child has used to ours when it has ended, to the last tick; a sample misses its end.
      const reaped = cpuTimesOf('self').children - before
      const cpuSeconds = Math.max(reaped, sampler.cpuSeconds)
      return { ...end, stdout: said.stdout(), stderr: said.stderr(), cpuSeconds, peakRssBytes: sampler.peakRssBytes }
    })
  return { pid: child.pid ?? -1, ended, stop: () => stop(child) }
}

function stop(child: ChildProcess): void {
  child.kill('SIGTERM')
  const patience = systemClock.after(graceMilliseconds, () => child.kill('SIGKILL'))
  child.once('exit', () => patience.cancel())
}

function endOf(child: ChildProcess): Promise<Pick<Ended, 'code' | 'signal'>> {
  return new Promise((resolve, fail) => {
    child.once('error', fail)
    // 'close' comes after 'exit', when the pipes are read to their end.
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}

/** The peak of a process's memory is gone with it, so it is asked for as long as it lives. */
function startSampling(pid: number): Pick<Ended, 'cpuSeconds' | 'peakRssBytes'> & { stop(): void } {
  let timer = systemClock.after(0, sample)
  const sampler = { cpuSeconds: 0, peakRssBytes: 0, stop: () => timer.cancel() }
  function sample(): void {
    const { own, children } = cpuTimesOf(pid)
    sampler.cpuSeconds = Math.max(sampler.cpuSeconds, own + children)
    sampler.peakRssBytes = Math.max(sampler.peakRssBytes, rssHighWaterMark(pid))
    timer = systemClock.after(samplingMilliseconds, sample)
  }
  return sampler
}

/** Reads a pipe and keeps its tail. */
function remember(stream: NodeJS.ReadableStream): () => string {
  let tail = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk) => {
    tail = (tail + String(chunk)).slice(-rememberedCharacters)
  })
  return () => tail
}
