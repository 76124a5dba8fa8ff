/** Folds of windows on the workbench, and what they say as lines of text. */
import {
  type CumulateWindows,
  from,
  json,
  type KeyedStream,
  type LateRecord,
  type Pane,
  type SessionWindows,
  type SlidingWindows,
  type TimeWindows,
  type Trigger,
  text,
  topic,
  topology,
  type Window,
} from '../../../src/index.ts'
import { type Bench, bench } from '../bench.ts'

export const input = topic('in', { key: text, value: json<string | number | null>() })
export const output = topic('out', { key: text, value: json<unknown>() })
export const lateOutput = topic('late', { key: text, value: json<unknown>() })

export const ms = (milliseconds: number): { readonly milliseconds: number } => ({ milliseconds })

/** Windows that have results of every kind. */
export type LastingWindows = TimeWindows | CumulateWindows | SlidingWindows | SessionWindows

/** How rows are asked for. */
export type Mode = 'final' | 'updates' | 'on-time' | Trigger

const fold = {
  as: text,
  start: '',
  add: (sum: string, value: string | number | null) => (sum === '' ? `${value}` : `${sum}+${value}`),
  merge: (one: string, other: string) => `${one}|${other}`,
}

/** Appends what it folds, so that order shows. Lines are `key=[start,end] pane sum@time`, and `late value [start,end]`. */
export function windowFlow(windows: LastingWindows, mode: Mode = 'final'): Bench {
  const results = resultsOf(windows, mode)
  return bench(
    topology(
      'app',
      results.map((value, { window }) => `${lengthOf(window)} ${textOf(value)}`).to(output),
      results.late.map(({ value, window }) => `late ${value} ${lengthOf(window)}`).to(lateOutput),
    ),
  )
}

/** A repartition topic behind the windows: it gets their marks. */
export function marksBehind(windows: LastingWindows, mode: Mode): Bench {
  const results = resultsOf(windows, mode).map((value) => textOf(value))
  return bench(topology('app', results.keyBy('again', (line) => line).to(output)))
}

/** What folds of all these windows have in common, with the values of every mode. */
interface Results extends Lined {
  updates(): Lined
  early(trigger: Trigger): Lined
  onTime(): Lined
}
interface Lined extends KeyedStream<string, string | Pane<string> | null, Window> {
  readonly late: KeyedStream<string, LateRecord<string, unknown>>
}

function resultsOf(windows: LastingWindows, mode: Mode): Lined {
  const keyed = from(input)
  const folded = (windows.kind === 'session'
    ? keyed.window(windows).aggregate('sums', fold)
    : keyed.window(windows).aggregate('sums', fold)) as unknown as Results
  if (mode === 'final') return folded
  if (mode === 'updates') return folded.updates()
  return mode === 'on-time' ? folded.onTime() : folded.early(mode)
}

export function lengthOf(window: Window): string {
  return `[${window.start.getTime()},${window.end.getTime()}]`
}

function textOf(value: string | Pane<string> | null): string {
  if (value === null) return '†'
  return typeof value === 'string' ? value : `${value.pane} ${value.value}`
}

/** A step of a table: a record `value@time` of key `a` (`b:` in front for another key) or `T` for a mark, and what is said. */
export type Step = readonly [put: string, ...said: string[]]

/** Plays steps; each record is followed by its mark, as the runtime sends it. Only the words of `said` are compared. */
export function play(flow: Bench, steps: readonly Step[]): { readonly told: Step[]; readonly asked: Step[] } {
  const told = steps.map(([put]): Step => {
    perform(flow, put)
    return [put, ...flow.said().map((line) => line.replace(/^a=/, ''))]
  })
  return { told, asked: [...steps] }
}

function perform(flow: Bench, put: string): void {
  const [, key = 'a', value, time] = /^(?:(\w):)?(.+)@(\d+)$/.exec(put) ?? []
  if (time === undefined) flow.task.advance(put === 'end' ? Number.POSITIVE_INFINITY : Number(put.replace('T', '')))
  else flow.put(key, value === '∅' ? null : value, Number(time))
}
