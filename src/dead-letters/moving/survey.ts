/** Looks through a queue for what a redrive would do: all that its dry run shows, and the work of its run. */
import type { Kafka, PartitionOffset } from '../../kafka/port.ts'
import { partitionName, partitionsOfTopic } from '../../record.ts'
import type { DeadLetter } from '../letter.ts'
import { batchesOf, type Range, recordsOf } from '../reading/batches.ts'
import type { Matcher } from '../reading/selection.ts'
import { letterAt } from '../reading/subject.ts'
import type { JobRange } from './jobs.ts'
import type { Ledger } from './ledger.ts'
import { dispositionOf, inOrder, isNewcomer, type PassedOver, type PlannedLetter, plannedOf } from './redrive-plan.ts'
import type { QueueTargets } from './targets.ts'

/** Letters of one kind of failure. */
export interface PlannedGroup {
  readonly fingerprint: string
  readonly node: string | null
  readonly stage: string | null
  readonly code: string | null
  readonly error: string | null
  count: number
}

export interface Survey {
  /** To be moved, in their order. */
  readonly letters: ReadonlyMap<number, readonly PlannedLetter[]>
  readonly count: number
  readonly groups: readonly PlannedGroup[]
  /** Letters by the topic that they go to. */
  readonly targets: Readonly<Record<string, number>>
  readonly passedOver: readonly PassedOver[]
  /** Keys whose letters have newer records behind them at their source, or other letters of their line in the queue. */
  readonly keysWhoseOrderMayChange: number
}

export interface Surveying {
  readonly targets: QueueTargets
  readonly ledger: Ledger
  readonly ranges: readonly JobRange[]
  readonly maxRedrives: number
  readonly matches: Matcher
  /** True: of a million letters only numbers are kept. */
  readonly onlyCounts?: boolean
}

/** Reads the open letters of the ranges. */
export async function survey(kafka: Kafka, surveying: Surveying): Promise<Survey> {
  const { targets, ledger, ranges, matches } = surveying
  const { topic } = targets.queue
  const surveyor = new Surveyor(surveying, await sourceEnds(kafka, targets))
  const read: Range[] = ranges.map(({ partition, from, until }) => ({ topic, partition, start: from, end: until }))
  for await (const ranged of batchesOf(kafka, read)) {
    for (const cursor of recordsOf(ranged)) {
      if (ledger.isSettled(ranged.range.partition, cursor.offset)) continue
      const letter = letterAt(cursor, topic, ranged.range.partition)
      surveyor.take(letter, await matches(letter))
    }
  }
  return surveyor.result()
}

class Surveyor {
  private readonly surveying: Surveying
  private readonly sourceEnds: ReadonlyMap<string, number>
  private readonly ends: ReadonlyMap<number, number>
  private readonly letters = new Map<number, PlannedLetter[]>()
  private count = 0
  private readonly groups = new Map<string, PlannedGroup>()
  private readonly targets: Record<string, number> = {}
  private readonly passedOver: PassedOver[] = []
  private readonly reordered = new Set<string>()
  private readonly chosenLines = new Set<string>()
  private readonly leftLines = new Set<string>()

  constructor(surveying: Surveying, sourceEnds: ReadonlyMap<string, number>) {
    this.surveying = surveying
    this.sourceEnds = sourceEnds
    this.ends = new Map(surveying.ranges.map(({ partition, to }) => [partition, to]))
  }

  take(letter: DeadLetter, isMatch: boolean): void {
    const { targets, maxRedrives } = this.surveying
    const { partition, offset } = letter
    const disposition = dispositionOf(letter, targets, maxRedrives)
    const isLate = offset >= (this.ends.get(partition) ?? 0)
    if (disposition.kind === 'pass-over') {
      const { reason, note } = disposition
      if (!isLate && isMatch) this.passedOver.push({ partition, offset, reason, note })
      this.leave(letter)
      return
    }
    const planned = plannedOf(letter, disposition.source, targets.isPark)
    if (!isMatch || (isLate && !this.isTakenLate(letter, planned))) {
      this.leave(letter)
      return
    }
    this.choose(letter, planned, disposition.target.topic)
  }

  result(): Survey {
    const shared = [...this.chosenLines].filter((line) => this.leftLines.has(line))
    const letters = [...this.letters].sort(([one], [other]) => one - other)
    return {
      letters: new Map(letters.map(([partition, planned]) => [partition, inOrder(planned)])),
      count: this.count,
      groups: [...this.groups.values()].sort((one, other) => other.count - one.count),
      targets: this.targets,
      passedOver: this.passedOver,
      keysWhoseOrderMayChange: this.reordered.size + shared.length,
    }
  }

  /** What came back while the job ran waits for another job, and so does all that stands behind it in its line. */
  private isTakenLate(letter: DeadLetter, { line }: PlannedLetter): boolean {
    return line !== null && isNewcomer(letter) && !this.leftLines.has(line)
  }

  private leave(letter: DeadLetter): void {
    if (letter.source === null) return
    const { line } = plannedOf(letter, letter.source, this.surveying.targets.isPark)
    if (line !== null) this.leftLines.add(line)
  }

  private keep(partition: number, planned: PlannedLetter): void {
    const letters = this.letters.get(partition)
    if (letters === undefined) this.letters.set(partition, [planned])
    else letters.push(planned)
  }

  private choose(letter: DeadLetter, planned: PlannedLetter, target: string): void {
    const { partition, fingerprint, node, stage, code, error, key, source } = letter
    this.count++
    if (this.surveying.onlyCounts !== true) this.keep(partition, planned)
    const group = this.groups.get(fingerprint) ?? { fingerprint, node, stage, code, error, count: 0 }
    this.groups.set(fingerprint, group)
    group.count++
    this.targets[target] = (this.targets[target] ?? 0) + 1
    if (planned.line !== null) this.chosenLines.add(planned.line)
    else if (key !== null && source!.offset + 1 < (this.sourceEnds.get(partitionName(source!)) ?? 0)) {
      this.reordered.add(`${partitionName(source!)}/${key.toString('latin1')}`)
    }
  }
}

async function sourceEnds(kafka: Kafka, { sources }: QueueTargets): Promise<Map<string, number>> {
  const partitions = [...sources.values()].flatMap(({ topic, partitions: count }) => partitionsOfTopic(topic, count))
  const ends: PartitionOffset[] = await kafka.offsets(partitions, 'stable')
  return new Map(ends.map((each) => [partitionName(each), each.offset]))
}
