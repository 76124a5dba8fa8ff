/** What time alone sets free: suppressed updates, punctuators. */
import type { Case, Operator, Step } from '../case.ts'
import type { Draw } from '../draw.ts'
import type { Family } from '../family.ts'
import { drawKeys, drawRecords, inputOf } from '../records.ts'
import { stream, table } from './pieces.ts'

const suppressForTime: Family = {
  name: 'suppress-time',
  comparison: 'list',
  isHeld: ({ operators }) => {
    const folds = operators.some(({ op }) => op === 'fold')
    return ({ key, value }) => key === null || (folds && value === null)
  },
  draw: (draw) => {
    const wait = draw.integer(0, 30)
    const begin: Operator[] = draw.once(2)
      ? [table('in')]
      : [stream('in'), { op: 'fold', id: 'sums', of: 'in', fold: 'append' }]
    const made: Operator = { op: 'suppress', id: 'held', of: begin.at(-1)!.id, wait }
    const steps = drawRecords(draw, [inputOf('in-topic', drawKeys(draw))], { edges: [wait, 5], grid: null })
    return { operators: [...begin, made, { op: 'to', id: 'to', of: 'held', topic: 'out' }], steps, stores: [] }
  },
}

function punctuation(name: string, times: (draw: Draw) => ProcessTimes): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => {
    const every = times(from)
    const made: Operator = { op: 'process', id: 'counting', of: 'in', ...every }
    const interval = every.everyEventTime ?? 10
    // A record that is refused leaves the clock of `drive` unset: the first advance would count from nothing.
    const nullKeys = every.everyWallClock === null ? 10 : null
    const drawn = drawRecords(from, [inputOf('in-topic', drawKeys(from), { nullKeys })], {
      edges: [interval],
      grid: interval,
    })
    const steps = drawn.flatMap((put): Step[] =>
      every.everyWallClock !== null && from.once(2)
        ? [put, { do: 'advance', milliseconds: from.integer(1, 3 * every.everyWallClock) }]
        : [put],
    )
    return { operators: [stream('in'), made, { op: 'to', id: 'to', of: 'counting', topic: 'out' }], steps, stores: [] }
  }
  return { name, comparison: 'list', isHeld: () => (put) => put.key === null, draw }
}

interface ProcessTimes {
  readonly everyEventTime: number | null
  readonly everyWallClock: number | null
}

export const timeFamilies: readonly Family[] = [
  suppressForTime,
  punctuation('process-event-time', (draw) => ({ everyEventTime: draw.integer(1, 20), everyWallClock: null })),
  punctuation('process-wall-clock', (draw) => ({ everyEventTime: null, everyWallClock: draw.integer(1, 50) })),
]
