/** Time marks in a circle of sub-topologies, for what lies behind inputs that a task's own records come back through. */
import { laneOf } from '../../operators/mark-path.ts'
import type { TaskGraph } from '../../operators/operator.ts'
import type { UndoLog } from '../../state/undo.ts'
import { type SubTopology, topicNames } from '../../topology/graph.ts'
import type { RepartitionNode } from '../../topology/nodes.ts'
import type { Flights } from '../async/flights.ts'
import { noRecord } from '../async/staged-marks.ts'

/** What these marks need of a task. */
export interface CirclingTask {
  readonly watermark: { markOf(round: number): number }
  readonly graph: TaskGraph
  readonly context: { leave(): void }
  readonly undo: UndoLog
  readonly flights: Flights | null
  touched: boolean
}

/** A task that may be in a circle. */
export interface RoundedTask extends CirclingTask {
  /** By queue. */
  readonly rounds: readonly number[]
  readonly marks: { readonly first: number; readonly isThrough: boolean }
  readonly laterRounds: LaterRounds | null
}

/** The mark that was last sent to where the records of an input come out, unless they wait there. */
export function sentBehind(task: RoundedTask, queue: number): number {
  const round = task.rounds[queue]!
  return round === 0 ? task.marks.first : task.laterRounds!.sentTo(task, round)
}

/** The smallest mark that was last sent: rows that nothing else dates are no older. */
export function smallestSent(task: RoundedTask): number {
  return Math.min(...task.rounds.map((_, queue) => sentBehind(task, queue)))
}

/** The round of what is written to each repartition topic, by its full name. */
export function sinkRoundsOf({ nodes }: SubTopology, app: string): Map<string, number> {
  const sinks = nodes.filter(({ role }) => role === 'repartition-sink')
  return new Map(
    sinks.map(({ node, round }) => [topicNames.repartition(app, (node as RepartitionNode).name), round] as const),
  )
}

/** Whether each mark of the end of a bounded run is where it belongs. */
export function isThrough(task: RoundedTask): boolean {
  return (task.flights === null || task.marks.isThrough) && (task.laterRounds?.isThrough(task) ?? true)
}

export class LaterRounds {
  /** By lane: the last mark that was sent; those of the first round are never sent from here. */
  private sent: number[] = []
  private readonly rounds: number

  constructor(rounds: number) {
    this.rounds = rounds
  }

  reset(): void {
    this.sent = []
  }

  /** The mark of a round as it was sent to where nothing waits before. */
  sentTo(task: CirclingTask, round: number): number {
    return this.sent[laneOf(round, 0, task.graph.stages)] ?? -1
  }

  /** True when all there is has heard of the end of a bounded run. */
  isThrough({ graph: { stages } }: CirclingTask): boolean {
    for (let lane = stages; lane < this.rounds * stages; lane++)
      if (this.sent[lane] !== Number.POSITIVE_INFINITY) return false
    return true
  }

  send(task: CirclingTask): void {
    const { stages } = task.graph
    for (let round = 1; round < this.rounds; round++)
      for (let stage = 0; stage < stages; stage++) this.sendTo(task, round, stage)
  }

  /** As where time goes in no circle: behind a step that waits, what came before the mark has to land first. */
  private sendTo(task: CirclingTask, round: number, stage: number): void {
    const { watermark, graph, flights } = task
    const lane = laneOf(round, stage, graph.stages)
    const before = this.sent[lane] ?? -1
    const mark = stage === 0 ? watermark.markOf(round) : Math.min(this.sent[lane - 1]!, flights!.mark)
    this.sent[lane] = Math.max(mark, before)
    if (!(mark > before)) return
    task.touched = true
    task.context.leave()
    graph.advance(mark, lane)
    flights?.depart(noRecord, before)
    task.undo.forget()
  }
}
