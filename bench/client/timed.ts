/** The frame of a measured process in Node: runs the work, then reports what it took as one line of JSON. */
import { rssHighWaterMark } from '../../scripts/tools/memory.ts'
import { systemClock } from '../../scripts/tools/world.ts'
import { type Assignment, assignmentOf, quantile, type Report } from './report.ts'

/** How one system does each work. A work tells when it begins to count, and how long each transaction took. */
export type Works = Readonly<
  Record<Assignment['work'], (assignment: Assignment, stopwatch: Stopwatch) => Promise<void>>
>

export class Stopwatch {
  #began = 0
  #ended = 0
  readonly milliseconds: number[] = []

  start(): void {
    this.#began = systemClock.monotonic()
  }

  stop(): void {
    this.#ended = systemClock.monotonic()
  }

  /** Times one transaction. */
  async time(work: () => Promise<void>): Promise<void> {
    const began = systemClock.monotonic()
    await work()
    this.milliseconds.push(systemClock.monotonic() - began)
  }

  get seconds(): number {
    return (this.#ended - this.#began) / 1000
  }
}

/** Does what the command line says, prints the report and ends the process. */
export async function main(works: Works): Promise<never> {
  const assignment = assignmentOf(process.argv.slice(2))
  const stopwatch = new Stopwatch()
  await works[assignment.work](assignment, stopwatch)
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  const times = stopwatch.milliseconds.sort((one, other) => one - other)
  const report: Report = {
    count: assignment.count,
    seconds: stopwatch.seconds,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakRssBytes: rssHighWaterMark('self'),
    p50Ms: times.length === 0 ? null : quantile(times, 0.5),
    p99Ms: times.length === 0 ? null : quantile(times, 0.99),
  }
  console.log(JSON.stringify(report))
  process.exit(0)
}
