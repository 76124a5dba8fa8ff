import type { Operator } from '../case.ts'
import { type Line, type Worked, worked } from './worked.ts'

const left: Operator = { op: 'stream', id: 'left', topic: 'left-topic' }
const right: Operator = { op: 'stream', id: 'right', topic: 'right-topic' }
const table: Operator = { op: 'table', id: 'right', topic: 'right-topic' }

type Side = 'left' | 'right'
type Word = readonly [side: Side, key: string, value: string | null, time: number, ...out: Line['out']]

function linesOf(words: readonly Word[]): Line[] {
  return words.map(([side, key, value, time, ...out]) => ({ put: [`${side}-topic`, key, value, time], out }))
}

const bounds = { before: 100, after: 100, grace: 0, emit: 'updates' } as const
const inner: Operator = { op: 'stream-join', id: 'join', left: 'left', right: 'right', join: 'inner', ...bounds }

/** Records of keys 0 to 3 at the times of `at`; `meets` says which letter of the left each of them finds, if any. */
function round(side: Side, letter: string, at: readonly number[], meets: (key: number) => string | null): Word[] {
  return at.map((time, key): Word => {
    const found = meets(key)
    const out: Line['out'] = found === null ? [] : [[`${key}`, `${found}${key}~${letter}${key}`, time]]
    return [side, `${key}`, `${letter}${key}`, time, ...out]
  })
}

const never = (): null => null
const from = (first: number) => (key: number) => (key >= first ? 'B' : null)
const every = (time: number): readonly number[] => [time, time, time, time]

const streams = worked(
  'C3 stream–stream inner, 100 on either side',
  'stream-join-inner',
  [left, right, inner],
  linesOf([
    ...round('left', 'A', [0, 0], never),
    ...round('right', 'a', [0, 0], () => 'A'),
    ...round('left', 'B', [1000, 1001, 1002, 1003], never),
    ...round('right', 'b', every(1100), from(0)),
    ...round('right', 'c', every(1101), from(1)),
    ...round('right', 'd', every(1102), from(2)),
    ...round('right', 'e', every(1103), from(3)),
    ...round('right', 'f', every(1104), never),
  ]),
)

const duplicates = worked(
  'C3 two records of one side at one time',
  'stream-join-inner',
  [left, right, inner],
  linesOf([
    ['left', '0', 'A0', 5],
    ['left', '0', 'B0', 5],
    ['right', '0', 'b0', 5, ['0', 'A0~b0', 5], ['0', 'B0~b0', 5]],
  ]),
)

const lookup: Operator = { op: 'table-lookup', id: 'join', left: 'left', right: 'right', join: 'inner', grace: null }

const scriptS = worked(
  'C4 stream–table inner on script S, order arrival',
  'stream-table-inner',
  [left, table, lookup],
  linesOf([
    ['left', 'k', null, 1],
    ['right', 'k', null, 2],
    ['left', 'k', 'A', 3],
    ['right', 'k', 'a', 4],
    ['left', 'k', 'B', 5, ['k', 'B~a', 5]],
    ['right', 'k', 'b', 6],
    ['left', 'k', null, 7],
    ['right', 'k', null, 8],
    ['left', 'k', 'C', 9],
    ['right', 'k', 'c', 10],
    ['right', 'k', null, 11],
    ['left', 'k', null, 12],
    ['right', 'k', null, 13],
    ['right', 'k', 'd', 7],
    ['left', 'k', 'D', 6, ['k', 'D~d', 6]],
    ['left', 'k', null, 2],
    ['right', 'k', null, 3],
    ['right', 'k', 'e', 14],
    ['left', 'k', 'E', 15, ['k', 'E~e', 15]],
    ['left', 'k', null, 10],
    ['right', 'k', null, 9],
    ['left', 'k', 'F', 4],
    ['right', 'k', 'f', 3],
  ]),
)

export const workedJoins: readonly Worked[] = [streams, duplicates, scriptS]
