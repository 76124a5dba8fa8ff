/** Words that the tests of tables share. */
import { json, type MillraceError, nullable, type Topology, text, topic } from '../../../src/index.ts'
import { type DriveOptions, drive, type Flow } from '../../../src/testing/index.ts'

export const input = topic('in', { key: text, value: nullable(json<string>()) })
export const output = topic('out', { key: text, value: nullable(json<unknown>()) })
export const lateOutput = topic('late', { key: text, value: nullable(json<unknown>()) })

export const ms = (milliseconds: number): { readonly milliseconds: number } => ({ milliseconds })

/** What a late record says, in one line. */
export const lateLine = (late: {
  readonly value: unknown
  readonly time: number
  readonly operator: string
  readonly operatorTime: number
  readonly reason: string
}): string => `${late.value}@${late.time} ${late.reason} at ${late.operatorTime} by ${late.operator}`

export interface Table {
  readonly flow: Flow
  /** `key=value@time` of everything that came out since the last call. */
  said(): string[]
  late(): string[]
  put(key: string | null, value: string | null, time: number): string[]
}

type In = { readonly name: string }

/** Drives a topology whose records are text; `put` goes to `from` and says what came out. */
export function driven(
  made: Topology,
  from: Parameters<Flow['put']>[0] & In = input,
  options: DriveOptions = {},
): Table {
  const flow = drive(made, { now: 0, ...options })
  const said = (): string[] =>
    flow
      .take(output)
      .map(({ key, value, time }) => `${key}=${typeof value === 'string' ? value : shown(value)}@${time}`)
  return {
    flow,
    said,
    late: () => flow.take(lateOutput).map(({ value }) => String(value)),
    put(key, value, time) {
      flow.put(from, value, { key, time })
      return said()
    },
  }
}

function shown(value: unknown): string {
  return value === null ? '∅' : JSON.stringify(value)
}

export function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as MillraceError).code
  }
  return 'nothing was thrown'
}

/** `value@time` of what came out of a topic. */
export function lengthsOf(flow: Flow, from: Parameters<Flow['take']>[0]): string[] {
  return flow.take(from).map(({ value, time }) => `${value}@${time}`)
}
