/** The group's positions are one chain per partition: never back, never past the end, and at the end when all is drained. */
import { partitionName } from '../../../record.ts'
import type { Finding, History } from '../history.ts'
import { factsOf, isVisible } from './facts.ts'
import { Findings } from './findings.ts'

/** @example positions(history) // [] */
export function positions(history: History): readonly Finding[] {
  const found = new Findings('positions')
  const { moves, logs } = factsOf(history)
  for (const { topic, partition, from, to, transaction } of moves) {
    const name = partitionName({ topic, partition })
    if (to < from) found.add(`the position in ${name} went back from ${from} to ${to} with transaction ${transaction}`)
    const end = logs.get(name)?.endOffset
    if (end !== undefined && to > end)
      found.add(`the position in ${name} is ${to}, behind the end of the log at ${end}`)
  }
  if (history.isDrained) findUnread(history, found)
  return found.all
}

/** Inputs that every task reads, not the tables that every worker reads whole. */
function findUnread(history: History, found: Findings): void {
  const { graph, logs, positions: committed } = factsOf(history)
  const read = new Set(graph.subTopologies.flatMap(({ sources }) => sources.map(({ topic }) => topic)))
  for (const [name, { topic, records }] of logs) {
    const last = records.findLast(isVisible)
    if (!read.has(topic) || last === undefined) continue
    const position = committed.get(name) ?? 0
    if (position <= last.offset)
      found.add(`${name} was read up to ${position} only: its last record is at ${last.offset}`)
  }
}
