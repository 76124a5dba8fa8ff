/**
 * Preloaded into a worker process (`node --import`): counts commits and, when the process exits, writes what it used
 * as one line of JSON to file descriptor 3. It listens on the public diagnostics channels, as any monitoring would.
 */
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { systemClock } from '../../src/clock.ts'
import { subscribe } from '../../src/observe/events.ts'
import { rssHighWaterMark } from './memory.ts'

/** What a worker process used, all its threads together. Times in milliseconds of its own clock. */
export interface Usage {
  readonly peakRssBytes: number
  readonly cpuSeconds: number
  readonly commits: number
  /** Null when nothing was committed. */
  readonly firstCommitStarted: number | null
  readonly lastCommitEnded: number | null
}

const reportDescriptor = 3

/** Threads tell the main one, which reports. */
interface Commit {
  readonly kind: 'started' | 'ended'
  /** By the clock of the whole process. */
  readonly at: number
}

const commitsOfThreads = new BroadcastChannel('millrace-usage')
commitsOfThreads.unref()

let commits = 0
let firstCommitStarted: number | null = null
let lastCommitEnded: number | null = null

function note({ kind, at }: Commit): void {
  if (kind === 'started') firstCommitStarted = Math.min(firstCommitStarted ?? at, at)
  else {
    commits++
    lastCommitEnded = Math.max(lastCommitEnded ?? at, at)
  }
}

function report(): void {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const usage: Usage = {
    // On Linux `maxRSS` begins with the memory of the process that started this one.
    peakRssBytes: rssHighWaterMark('self') || maxRSS * 1024,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    commits,
    firstCommitStarted,
    lastCommitEnded,
  }
  writeSync(reportDescriptor, `${JSON.stringify(usage)}\n`)
}

/** Each thread's own clock begins when the thread does. */
function now(): number {
  return performance.timeOrigin + systemClock.monotonic()
}

const tell = isMainThread ? note : (commit: Commit) => commitsOfThreads.postMessage(commit)
subscribe('commit.started', () => tell({ kind: 'started', at: now() }))
subscribe('commit.ended', () => tell({ kind: 'ended', at: now() }))
if (isMainThread) {
  commitsOfThreads.onmessage = ({ data }) => note(data as Commit)
  process.on('exit', report)
}
