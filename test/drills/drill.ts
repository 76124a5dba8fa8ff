/** What a drill is given, and what it tells. */
import type { Kafka } from '../../scripts/tools/client.ts'

export interface Stage {
  readonly kafka: Kafka
  readonly brokers: string
  /** Of the input; null: the whole drill, with its own number, in which times are judged too. */
  readonly records: number | null
  /** A remark for a person who waits. */
  readonly say: (remark: string) => void
}

/** Counts of records; what a drill measures beside them stands beside them. */
export interface DrillResult {
  readonly records: number
  /** Records that had to come out, at all places together. */
  readonly expected: number
  readonly found: number
  readonly lost: number
  readonly doubled: number
  /** A sentence for each thing that is wrong. */
  readonly complaints: readonly string[]
  readonly [measure: string]: unknown
}

export interface Drill {
  readonly name: string
  readonly about: string
  run(stage: Stage): Promise<DrillResult>
}
