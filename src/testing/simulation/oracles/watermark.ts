/** Time goes forward only: in a task, in its operators, in what writers promise; and never past what the inputs allow. */
import type { Progress } from '../../../runtime/commit/progress.ts'
import { decodeMarks } from '../../../runtime/time/marks.ts'
import type { Finding, History } from '../history.ts'
import { factsOf, isVisible, type Standing, transactionOf } from './facts.ts'
import { Findings } from './findings.ts'

/** @example watermark(history) // [] */
export function watermark(history: History): readonly Finding[] {
  const found = new Findings('watermark')
  const { standings } = factsOf(history)
  const before = new Map<string, Progress>()
  for (const { task, progress, transaction } of standings) {
    const place = `${task} in transaction ${transaction}`
    const last = before.get(task)
    if (last !== undefined) compare(place, last, progress, found)
    checkWriters(place, progress, found)
    before.set(task, progress)
  }
  checkMarks(history, found)
  return found.all
}

function compare(place: string, last: Progress, next: Progress, found: Findings): void {
  const check = (what: string, from: number | undefined, to: number | undefined): void => {
    if (from !== undefined && to !== undefined && to < from)
      found.add(`${what} of ${place} went back from ${from} to ${to}`)
  }
  check('the watermark', last.watermark.value, next.watermark.value)
  for (const [topic, { taken, writers }] of Object.entries(next.watermark.inputs)) {
    const former = last.watermark.inputs[topic]
    check(`the largest time taken from ${topic}`, former?.taken, taken)
    for (const [writer, mark] of Object.entries(writers ?? {}))
      check(`the mark of ${writer} in ${topic}`, numeric(former?.writers?.[writer]), numeric(mark))
  }
  for (const [operator, { time }] of Object.entries(next.operators))
    check(`the time of ${operator}`, last.operators[operator]?.time, time)
}

/** Behind a repartition topic time is the smallest mark of those who write it. In a circle of rounds other rules hold. */
function checkWriters(place: string, { watermark: saved, run }: Progress, found: Findings): void {
  if (saved.later !== undefined || run !== null) return
  for (const [topic, { writers }] of Object.entries(saved.inputs)) {
    const marks = Object.values(writers ?? {}).filter((mark) => mark !== 'idle')
    const smallest = Math.min(...marks)
    if (marks.length > 0 && saved.value > smallest)
      found.add(`the watermark of ${place} is ${saved.value}, past the smallest mark ${smallest} in ${topic}`)
  }
}

/** What a task promises to those behind it is where it stood itself in that transaction. */
function checkMarks(history: History, found: Findings): void {
  const { graph, standings, logs } = factsOf(history)
  const repartitions = new Set(graph.internal.filter(({ kind }) => kind === 'repartition').map(({ name }) => name))
  const stood = latestIn(standings)
  for (const [name, { topic, records }] of logs) {
    if (!repartitions.has(topic)) continue
    for (const record of records) {
      const marks = isVisible(record) ? (decodeMarks(record.headers)?.marks ?? []) : []
      for (const [task, mark] of marks) {
        const progress = stood.get(`${task} ${transactionOf(record)}`)
        if (progress === undefined || progress.watermark.later !== undefined || typeof mark !== 'number') continue
        if (mark > progress.watermark.value)
          found.add(`${task} promised ${mark} in ${name} at ${record.offset}, and stood at ${progress.watermark.value}`)
      }
    }
  }
}

/** By task and transaction. */
function latestIn(standings: readonly Standing[]): Map<string, Progress> {
  return new Map(standings.map(({ task, transaction, progress }) => [`${task} ${transaction}`, progress]))
}

function numeric(mark: number | string | undefined): number | undefined {
  return typeof mark === 'number' ? mark : undefined
}
