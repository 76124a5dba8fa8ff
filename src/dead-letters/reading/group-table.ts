/** Groups in the making. */
import type { RecordCursor } from '../../wire/batch.ts'
import type { DeadLetter, LetterFamily, Place } from '../letter.ts'
import { families } from './families.ts'
import { HeaderScan } from './header-scan.ts'
import { letterAt } from './subject.ts'
import { TimeAxis, type TimeCounts } from './time-axis.ts'

/** Letters of one fingerprint. What is said of the failure is said by `example`, the first that was met. */
export interface LetterGroup {
  readonly fingerprint: string
  readonly count: number
  /** Of these, how many wait behind another of their key. */
  readonly parked: number
  readonly family: LetterFamily
  readonly node: string | null
  readonly stage: string | null
  readonly code: string | null
  readonly error: string | null
  readonly message: string | null
  /** Where the example lies, and where its record was read. */
  readonly example: Place
  readonly source: Place | null
  /** Versions that the letters bear, at most 10. */
  readonly versions: readonly string[]
  /** Written first and last, milliseconds. */
  readonly first: number
  readonly last: number
  /** Counts over time, on the axis of all groups. */
  readonly over: readonly number[]
}

interface Growing {
  count: number
  parked: number
  first: number
  last: number
  readonly versions: Set<string>
  readonly times: TimeCounts
  readonly example: DeadLetter
}

const mostGroups = 10_000
const mostVersions = 10
const { fingerprint, version, parkedBehind } = families.millrace
const wanted = [fingerprint!, version!, parkedBehind!].map(([name]) => name)
const [fingerprintAt, versionAt, parkedAt] = [0, 1, 2]

export class GroupTable {
  readonly #queue: string
  readonly #groups = new Map<string, Growing>()
  readonly #axis = new TimeAxis()
  readonly #scan = new HeaderScan(wanted)
  #letters = 0
  #others = 0

  constructor(queue: string) {
    this.#queue = queue
  }

  /** The record under the cursor. */
  count(cursor: RecordCursor, partition: number): void {
    this.#letters++
    this.#scan.read(cursor)
    const group = this.#group(cursor, partition)
    if (group === null) return void this.#others++
    const { timestamp } = cursor
    group.count++
    if (timestamp < group.first) group.first = timestamp
    if (timestamp > group.last) group.last = timestamp
    this.#axis.add(group.times, timestamp)
    if (this.#scan.has(parkedAt)) group.parked++
    const versionOf = this.#scan.text(versionAt)
    if (versionOf !== null && group.versions.size < mostVersions) group.versions.add(versionOf)
  }

  result(): {
    readonly letters: number
    readonly groups: LetterGroup[]
    readonly others: number
    readonly axis: { readonly start: number; readonly width: number }
  } {
    const groups = [...this.#groups].map(([name, group]) => this.#finished(name, group))
    groups.sort((one, other) => other.count - one.count || one.first - other.first)
    const { start, width } = this.#axis
    return { letters: this.#letters, groups, others: this.#others, axis: { start, width } }
  }

  /** Only ours bear a fingerprint; of others it is made of what they say. */
  #group(cursor: RecordCursor, partition: number): Growing | null {
    const known = this.#scan.text(fingerprintAt)
    const found = known === null ? undefined : this.#groups.get(known)
    if (found !== undefined) return found
    const example = letterAt(cursor, this.#queue, partition)
    const name = known ?? example.fingerprint
    return this.#groups.get(name) ?? this.#open(name, example, cursor.timestamp)
  }

  #open(name: string, example: DeadLetter, time: number): Growing | null {
    if (this.#groups.size >= mostGroups) return null
    const group: Growing = {
      count: 0,
      parked: 0,
      first: time,
      last: time,
      versions: new Set(),
      times: this.#axis.counts(),
      // Without the bytes, which would hold the network buffer.
      example: { ...example, key: null, value: null, headers: [] },
    }
    this.#groups.set(name, group)
    return group
  }

  #finished(name: string, { example, versions, times, ...numbers }: Growing): LetterGroup {
    const { queue: topic, partition, offset, family, node, stage, code, error, message, source } = example
    return {
      fingerprint: name,
      ...numbers,
      ...{ family, node, stage, code, error, message, source },
      example: { topic, partition, offset },
      versions: [...versions].sort(),
      over: this.#axis.row(times),
    }
  }
}
