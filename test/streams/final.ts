/** What `final` must give, out of Kafka Streams' updates: the last row of each window, when it closes (`semantics.md` 9). */
import type { Answer, Case, OutputRow, WindowShape } from './case.ts'
import type { Expectation } from './family.ts'
import { shapeOf, timeOf } from './shape.ts'
import { comparableUntil } from './updates.ts'

interface OpenWindow {
  readonly row: OutputRow
  readonly start: number
  readonly end: number
  readonly key: string
}

/** Updates are asked of the peer, whatever the case asks of Millrace. */
export function withUpdates(about: Case): Case {
  const operators = about.operators.map((operator) =>
    operator.op === 'window-fold' || operator.op === 'stream-join'
      ? { ...operator, emit: 'updates' as const }
      : operator,
  )
  return { ...about, operators, stores: [] }
}

/** A window has closed when time has reached that. Sessions and sliding windows hold their end, so one more. */
export function closesAt(shape: WindowShape, end: number): number {
  if (shape.kind === 'session') return end + shape.gap + shape.grace + 1
  if (shape.kind === 'sliding') return end + shape.grace + 1
  return end + shape.grace
}

/** Of sliding windows too only what Kafka Streams' updates are right in. */
export function finalOf(about: Case, peer: Answer): Expectation {
  const whole = closedOf(about, peer)
  const until = Math.min(whole.until, shapeOf(about).kind === 'sliding' ? comparableUntil(about, peer) : whole.until)
  return { ...whole, until, documented: whole.documented || until < peer.steps.length }
}

/**
 * A late record may still change a session that has closed in Millrace, since Kafka Streams merges it with a live one:
 * what follows is not compared (3.11, 14).
 */
function closedOf(about: Case, peer: Answer): Expectation {
  const shape = shapeOf(about)
  const open = new Map<string, OpenWindow>()
  const closed = new Set<string>()
  const steps: OutputRow[][] = []
  let time = -1
  for (const [index, step] of about.steps.entries()) {
    time = Math.max(time, timeOf(step))
    const closing = [...open.values()].filter(({ end }) => closesAt(shape, end) <= time).sort(inOrderOfClosing)
    for (const { row } of closing) closed.add(row[1]!)
    for (const { row } of closing) open.delete(row[1]!)
    steps.push(closing.map(({ row }) => row))
    for (const row of peer.steps[index]!) {
      if (closed.has(row[1]!)) return { steps, until: index, documented: true }
      if (row[2] === null) open.delete(row[1]!)
      else open.set(row[1]!, windowOf(row))
    }
  }
  return { steps, until: steps.length, documented: false }
}

function windowOf(row: OutputRow): OpenWindow {
  const [, key, start, end] = /^(.*)@(\d+)\.\.(\d+)$/.exec(row[1]!)!
  return { row, key: key!, start: Number(start), end: Number(end) }
}

/** By window end, start and key bytes (2.9). */
function inOrderOfClosing(one: OpenWindow, other: OpenWindow): number {
  return one.end - other.end || one.start - other.start || Buffer.compare(Buffer.from(one.key), Buffer.from(other.key))
}
