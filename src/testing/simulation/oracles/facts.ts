/** Views of a history that several judges take: found once. */
import { readRecord } from '../../../broker/groups/records.ts'
import { partitionName, type TopicPartition } from '../../../record.ts'
import { decisionOfRow, type Progress, progressOfRow } from '../../../runtime/commit/progress.ts'
import type { Decision } from '../../../runtime/time/decisions.ts'
import { compile } from '../../../topology/compile.ts'
import { type Graph, topicNames } from '../../../topology/graph.ts'
import type { History, LoggedPartition, LoggedRecord } from '../history.ts'

/** A position of the topology's group that became visible, and what it moved from. */
export interface Move extends TopicPartition {
  /** 0 for the first one. */
  readonly from: number
  readonly to: number
  readonly transaction: string
}

/** Where a task stood at a commit. */
export interface Standing {
  readonly task: string
  readonly progress: Progress
  readonly transaction: string
}

export interface Facts {
  readonly graph: Graph
  /** By `topic-partition`; of a topic that was made anew the last one. */
  readonly logs: ReadonlyMap<string, LoggedPartition>
  /** Of each partition in the order in which they became visible. */
  readonly moves: readonly Move[]
  /** By `topic-partition`: where the group stood in the end. */
  readonly positions: ReadonlyMap<string, number>
  /** Of each task in the order in which they became visible. */
  readonly standings: readonly Standing[]
  /** What tasks decided because of the wall clock, or because something had not come yet. */
  readonly decisions: readonly Decision[]
}

const known = new WeakMap<History, Facts>()

/** @example const { moves } = factsOf(history) */
export function factsOf(history: History): Facts {
  let facts = known.get(history)
  if (facts === undefined) {
    facts = findFacts(history)
    known.set(history, facts)
  }
  return facts
}

/** What a transaction is called in findings: under protocol 2 its name and no other's. */
export function transactionOf({ producerId, producerEpoch }: LoggedRecord): string {
  return `${producerId}/${producerEpoch}`
}

/** What readers of committed data see, in the order of the log. */
export function visible({ records }: LoggedPartition): readonly LoggedRecord[] {
  return records.filter(isVisible)
}

export function isVisible({ fate }: LoggedRecord): boolean {
  return fate === 'committed' || fate === 'plain'
}

/** Bytes as text that stands for them alone, and can be read where they are text. */
export function exact(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null'
  return JSON.stringify(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'))
}

/** In the order in which transactions became visible; what belongs to none counts from where it lies. */
function inOrder(records: readonly LoggedRecord[]): LoggedRecord[] {
  const at = ({ decidedAt, offset }: LoggedRecord): number => (decidedAt < 0 ? offset : decidedAt)
  return records.filter(isVisible).sort((one, other) => at(one) - at(other) || one.offset - other.offset)
}

function findFacts(history: History): Facts {
  const graph = compile(history.topology)
  const logs = new Map(history.partitions.map((each) => [partitionName(each), each]))
  const moves = history.partitions
    .filter(({ topic }) => topic === '__consumer_offsets')
    .flatMap((partition) => movesIn(partition, graph.app))
  const positions = new Map(moves.map((move) => [partitionName(move), move.to]))
  const progress = history.partitions.filter(({ topic }) => topic === topicNames.progress(graph.app))
  const standings = progress.flatMap(standingsIn)
  const decisions = progress.flatMap(({ records }) =>
    inOrder(records).flatMap(({ key, value }) => decisionOfRow(key, value) ?? []),
  )
  return { graph, logs, moves, positions, standings, decisions }
}

function movesIn(partition: LoggedPartition, group: string): Move[] {
  const last = new Map<string, number>()
  return inOrder(partition.records).flatMap((record): Move[] => {
    const read = record.key && readRecord(record.key, record.value)
    if (read?.kind !== 'position' || read.groupId !== group || read.position === null) return []
    const name = partitionName(read.partition)
    const from = last.get(name) ?? 0
    last.set(name, read.position.offset)
    return [{ ...read.partition, from, to: read.position.offset, transaction: transactionOf(record) }]
  })
}

function standingsIn(partition: LoggedPartition): Standing[] {
  return inOrder(partition.records).flatMap((record): Standing[] => {
    const row = progressOfRow(record.key, record.value)
    return row === null ? [] : [{ task: row[0], progress: row[1], transaction: transactionOf(record) }]
  })
}
