import type { Operator, WindowShape } from '../case.ts'
import { type Line, type Worked, worked } from './worked.ts'

const source: Operator = { op: 'stream', id: 'in', topic: 'in-topic' }

function line(key: string, value: string, time: number, ...out: Line['out']): Line {
  return { put: ['in-topic', key, value, time], out }
}

function fold(fold: 'append' | 'count', windows: WindowShape): readonly Operator[] {
  return [source, { op: 'window-fold', id: 'fold', of: 'in', fold, windows, emit: 'updates' }]
}

const hopping = worked(
  'C1 hopping, updates',
  'hopping',
  fold('append', { kind: 'hopping', size: 10, hop: 5, grace: 100 }),
  [
    line('B', '2', 1, ['B@0..10', '0+2', 1]),
    line('B', '2', 6, ['B@0..10', '0+2+2', 6], ['B@5..15', '0+2', 6]),
    line('B', '2', 8, ['B@0..10', '0+2+2+2', 8], ['B@5..15', '0+2+2', 8]),
    line('B', '2', 11, ['B@5..15', '0+2+2+2', 11], ['B@10..20', '0+2', 11]),
    line('B', '2', 13, ['B@5..15', '0+2+2+2+2', 13], ['B@10..20', '0+2+2', 13]),
    line('B', '1', 3, ['B@0..10', '0+2+2+2+1', 8]),
    line('B', '2', 2, ['B@0..10', '0+2+2+2+1+2', 8]),
    line('B', '3', 9, ['B@0..10', '0+2+2+2+1+2+3', 9], ['B@5..15', '0+2+2+2+2+3', 13]),
  ],
)

const gap = 300_000
const counted = fold('count', { kind: 'session', gap, grace: 0 })

const bridged = worked('C2 a record that joins two sessions', 'session', counted, [
  line('k', 'first', 0, ['k@0..0', '1', 0]),
  line('k', 'second', gap + 1, [`k@${gap + 1}..${gap + 1}`, '1', gap + 1]),
  line(
    'k',
    'third',
    gap / 2,
    ['k@0..0', null, 0],
    [`k@${gap + 1}..${gap + 1}`, null, gap + 1],
    [`k@0..${gap + 1}`, '3', gap + 1],
  ),
])

const same = worked('C2 two records of one time', 'session', counted, [
  line('k', 'one', 0, ['k@0..0', '1', 0]),
  line('k', 'two', 0, ['k@0..0', '2', 0]),
])

const extended = worked('C2 a session that grows', 'session', counted, [
  line('k', 'a', 0, ['k@0..0', '1', 0]),
  line('k', 'a', 5, ['k@0..0', null, 0], ['k@0..5', '2', 5]),
])

const ticks: Record<number, boolean> = { 20: true, 142: true, 155: true, 160: true }

const punctuation = worked(
  'C6 punctuation every 10 of event time',
  'process-event-time',
  [source, { op: 'process', id: 'counting', of: 'in', everyEventTime: 10, everyWallClock: null }],
  [20, 25, 142, 145, 155, 159, 160, 161].map((time, index) =>
    line(
      'k',
      'v',
      time,
      ['k', `v#${index + 1}`, time],
      ...(ticks[time] ? [[null, `tick@${time}`, time] as const] : []),
    ),
  ),
)

export const workedWindows: readonly Worked[] = [hopping, bridged, same, extended, punctuation]
