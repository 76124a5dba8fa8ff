/**
 * Preloaded into a worker process (`node --import`): counts commits and, when the process exits, writes what it used
 * as one line of JSON to file descriptor 3. It listens on the public diagnostics channels, as any monitoring would.
 */
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { systemClock } from '../../src/clock.ts'
import { subscribe } from '../../src/observe/events.ts'
import { rssHighWaterMark } from './memory.ts'

/** What a worker process used. Times in milliseconds of its own monotonic clock. */
export interface Usage {
  readonly peakRssBytes: number
  readonly cpuSeconds: number
  readonly commits: number
  /** Null when nothing was committed. */
  readonly firstCommitStarted: number | null
  readonly lastCommitEnded: number | null
}

const reportDescriptor = 3

let commits = 0
let firstCommitStarted: number | null = null
let lastCommitEnded: number | null = null

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

if (isMainThread) {
  subscribe('commit.started', () => {
    firstCommitStarted ??= systemClock.monotonic()
  })
  subscribe('commit.ended', () => {
    commits++
    lastCommitEnded = systemClock.monotonic()
  })
  process.on('exit', report)
}
