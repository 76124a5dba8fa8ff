/** What a worker did, over all its threads. */
import type { RunSummary } from '../../run.ts'

/** One summary per topology: counts of threads are added up. */
export function mergeSummaries(summaries: readonly RunSummary[]): RunSummary[] {
  const merged = new Map<string, RunSummary>()
  for (const summary of summaries) {
    const before = merged.get(summary.app)
    merged.set(summary.app, before === undefined ? summary : sumOf(before, summary))
  }
  return [...merged.values()]
}

function sumOf(left: RunSummary, right: RunSummary): RunSummary {
  const sums = Object.entries(left).map(([key, value]) => {
    const other = right[key as keyof RunSummary]
    return [key, typeof value === 'number' && typeof other === 'number' ? value + other : value]
  })
  return Object.fromEntries(sums) as RunSummary
}

/** A summary in one line: `flights: records in 336776, out 8714, commits 90, dead letters 21`. */
export function summaryText(summary: RunSummary): string {
  const { app, recordsIn, recordsOut, deadLetters, retried, parked, late, skipped, commits, aborts } = summary
  const rare = Object.entries({ late, skipped, retried, parked, 'dead letters': deadLetters, aborts })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `, ${name} ${count}`)
  const open = Object.entries(summary.breakers ?? {})
    .filter(([, { state }]) => state !== 'closed')
    .map(([name, { state }]) => `, breaker ${name} ${state}`)
  return `${app}: records in ${recordsIn}, out ${recordsOut}, commits ${commits}${[...rare, ...open].join('')}`
}
