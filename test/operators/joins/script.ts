/** Joins told as scripts: `L k=a@3` is a record of the left topic, `R k=∅@4` a null value in the right one. */
import { json, nullable, skip, table, text, topic } from '../../../src/index.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'
import type { Topology } from '../../../src/topology/topology.ts'

export const left = topic('left', { key: text, value: nullable(text) })
export const right = topic('right', { key: text, value: nullable(text) })
export const leftTable = table('left', { value: text })
export const rightTable = table('right', { value: text })
export const output = table('out', { value: json<string>() })
export const late = topic('late', { key: text, value: json<string | null>() })

/** A pair as text; what is missing is a dash. */
export const pair = (one: string | undefined, other: string | undefined): string => `${one ?? '-'}${other ?? '-'}`
export const skipping = { onFailure: [skip()] }

export interface Step {
  readonly side: 'L' | 'R'
  readonly key: string
  readonly value: string | null
  readonly time: number
}

export function step(line: string): Step {
  const found = /^([LR]) (?:(\w+)=)?([^@]+)@(\d+)$/.exec(line)
  if (found === null) throw new Error(`not a step: ${line}`)
  const [, side, key = 'k', value, time] = found
  return { side: side as 'L' | 'R', key, value: value === '∅' ? null : value!, time: Number(time) }
}

export function put(flow: Flow, { side, key, value, time }: Step): void {
  flow.put(side === 'L' ? left : right, value, { key, time })
}

/** What came out: `key=value@time`, a deletion as ∅. */
export function said(flow: Flow): string[] {
  return flow.take(output).map(({ key, value, time }) => `${key}=${value ?? '∅'}@${time}`)
}

/** What each line made come out, joined by a blank. */
export function play(topology: Topology, lines: readonly string[]): string[] {
  const flow = drive(topology, { now: 0 })
  return lines.map((line) => {
    if (line === 'end') flow.end()
    else if (line === 'restart') flow.restart()
    else put(flow, step(line))
    return said(flow).join(' ')
  })
}
