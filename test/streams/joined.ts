/** What stream joins must give where Millrace differs on purpose, out of Kafka Streams' pairs (`semantics.md` 3.5, 9). */
import type { Answer, Case, OperatorOf, OutputRow, Put } from './case.ts'
import type { Expectation } from './family.ts'
import { pair } from './millrace/values.ts'

/** A record of one side, as it waits. */
interface Waiting {
  readonly put: Put
  readonly side: 'left' | 'right'
  readonly step: number
  /** The last time at which it still makes pairs. */
  readonly openUntil: number
}

function joinOf({ operators }: Case): OperatorOf<'stream-join'> {
  return operators.find((operator) => operator.op === 'stream-join')!
}

/** Records that take part, by their values, which are unique. */
function recordsOf(about: Case): ReadonlyMap<string, Waiting> {
  const { left, before, after, grace } = joinOf(about)
  const leftTopic = about.operators.flatMap((each) => (each.op === 'stream' && each.id === left ? [each.topic] : []))[0]
  return new Map(
    about.steps.flatMap((put, step): (readonly [string, Waiting])[] => {
      if (put.do !== 'put' || put.key === null || put.value === null) return []
      const side = put.topic === leftTopic ? 'left' : 'right'
      const reach = side === 'left' ? after : before
      return [[put.value, { put, side, step, openUntil: put.time + reach + grace }]]
    }),
  )
}

/** Newest time after each step. */
function timesOf(about: Case): number[] {
  let newest = -1
  return about.steps.map((step) => (newest = Math.max(newest, step.do === 'put' ? step.time : -1)))
}

/** Rows later than grace: Kafka Streams joins them, Millrace makes a pair only while both records are open. */
export function openPairsOf(about: Case, peer: Answer): Expectation {
  const records = recordsOf(about)
  const times = timesOf(about)
  const isOpen = (row: OutputRow, step: number): boolean =>
    row[2]!.split('~').every((value) => records.get(value)!.openUntil >= times[step]!)
  const steps = peer.steps.map((rows, step) => rows.filter((row) => isOpen(row, step)))
  const documented = steps.some((rows, step) => rows.length < peer.steps[step]!.length)
  return { steps, until: steps.length, documented }
}

/** `final`: an unmatched record comes out once, when no match can follow, before the pairs of the record that moved time. */
export function finalJoinOf(about: Case, peer: Answer): Expectation {
  const pairs = pairsOf(peer)
  const matched = valuesIn(pairs.flat())
  return withUnmatched(about, peer, pairs, ({ put }) => (matched.has(put.value!) ? null : 'at close'))
}

/**
 * `updates`: one that arrives unmatched when its bounds have passed comes out at once. Kafka Streams lets the others out
 * when they close or at a later record: while only one side has such rows, its scan takes the newest row that it saw for
 * the oldest that waits.
 */
export function updatesJoinOf(about: Case, peer: Answer): Expectation {
  const { grace } = joinOf(about)
  const times = timesOf(about)
  const pairs = pairsOf(peer)
  const matched = valuesIn(pairs.flat())
  const expected = withUnmatched(about, peer, pairs, ({ put, step, openUntil }) => {
    const atOnce = openUntil - grace < times[step]! && !valuesIn(pairs[step]!).has(put.value!)
    if (atOnce) return 'at once'
    return matched.has(put.value!) ? null : 'at close'
  })
  refuseOthers(peer, expected)
  return expected
}

type WhenUnmatched = (record: Waiting) => 'at once' | 'at close' | null

function withUnmatched(about: Case, peer: Answer, pairs: readonly OutputRow[][], when: WhenUnmatched): Expectation {
  const times = timesOf(about)
  const { join } = joinOf(about)
  const outside = [...recordsOf(about).values()].filter(({ side }) => join === 'outer' || join === side)
  const steps = pairs.map((rows, step) => {
    const from = step === 0 ? -1 : times[step - 1]!
    const closes = ({ openUntil }: Waiting): boolean => openUntil < times[step]! && openUntil >= from
    const due = outside.filter((record) => closes(record) && when(record) === 'at close')
    const now = outside.filter((record) => record.step === step && when(record) === 'at once')
    return [...due.sort(inOrderOfClosing).map(rowOfOne), ...rows, ...now.map(rowOfOne)]
  })
  return { steps, until: steps.length, documented: JSON.stringify(steps) !== JSON.stringify(peer.steps) }
}

/** @throws Error where Kafka Streams emitted a row that is not expected, or not yet: then the oracle is wrong */
function refuseOthers(peer: Answer, { steps }: Expectation): void {
  const expectedAt = new Map(steps.flatMap((rows, step) => rows.map((row) => [JSON.stringify(row), step] as const)))
  for (const [step, rows] of peer.steps.entries()) {
    const wrong = rows.find((row) => (expectedAt.get(JSON.stringify(row)) ?? step + 1) > step)
    if (wrong !== undefined) throw new Error(`Kafka Streams emitted ${JSON.stringify(wrong)} in step ${step}`)
  }
}

function pairsOf(peer: Answer): OutputRow[][] {
  return peer.steps.map((rows) => rows.filter((row) => !row[2]!.includes('∅')))
}

function valuesIn(rows: readonly OutputRow[]): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => row[2]!.split('~')))
}

/** Records that waited and have one time come out as they arrived; out of Kafka Streams they come by key. */
export function inOrderOfArrival(_about: Case, peer: Answer): Expectation {
  const arrival = (row: OutputRow): number => Number(/^v(\d+)/.exec(row[2]!)![1])
  const steps = peer.steps.map((rows) => inRuns(rows).flatMap((run) => run.sort((a, b) => arrival(a) - arrival(b))))
  return { steps, until: steps.length, documented: JSON.stringify(steps) !== JSON.stringify(peer.steps) }
}

/** Neighbours of one time. */
function inRuns(rows: readonly OutputRow[]): OutputRow[][] {
  const runs: OutputRow[][] = []
  for (const row of rows) {
    const run = runs.at(-1)
    if (run?.[0]?.[3] === row[3]) run.push(row)
    else runs.push([row])
  }
  return runs
}

function rowOfOne({ put, side }: Waiting): OutputRow {
  return ['out', put.key, side === 'left' ? pair(put.value, null) : pair(null, put.value), put.time]
}

/** By time, right before left, then key bytes (2.9). */
function inOrderOfClosing(one: Waiting, other: Waiting): number {
  const bySide = Number(one.side === 'left') - Number(other.side === 'left')
  return (
    one.put.time - other.put.time || bySide || Buffer.compare(Buffer.from(one.put.key!), Buffer.from(other.put.key!))
  )
}
