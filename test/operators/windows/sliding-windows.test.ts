/** Which windows a record changes, against the definition of 3.4 itself. */
import { describe, expect, test } from 'vitest'
import { changesOf, reachOf, type SlidingWindow } from '../../../src/operators/windows/sliding-windows.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'

const starts = (windows: readonly SlidingWindow[], time: number, length: number): string[] =>
  changesOf(windows, time, length).map(({ start, from, adds }) => {
    return `${start}${from === null ? '' : `<${from.start}`}${adds ? '' : ' behind'}`
  })

describe('the changes of one record, length 10', () => {
  test.each<[what: string, windows: readonly [start: number, latest: number][], time: number, changes: string[]]>([
    ['the first opens the window that ends with it', [], 20, ['10']],
    ['no window begins before 1970', [], 3, ['0']],
    ['at the same time: the same window', [[10, 20]], 20, ['10<10']],
    [
      'a later one: its own window with what the first left, and the one behind the first',
      [[10, 20]],
      25,
      ['15<10', '21'],
    ],
    ['as far as the length: the first is still in it', [[10, 20]], 30, ['20<10', '21']],
    ['one further: not in it, not behind the first', [[10, 20]], 31, ['21']],
    [
      'an earlier one: changes the window there is, opens its own and the one behind itself',
      [[10, 20]],
      15,
      ['5', '10<10', '16<10 behind'],
    ],
    ['below the length all share [0, 10], and so does one exactly at it', [[0, 3]], 10, ['0<0', '4']],
    ['a later one below the length: the window behind the first', [[0, 3]], 8, ['0<0', '4']],
    ['an earlier one below the length: the window behind itself', [[0, 8]], 3, ['0<0', '4<0 behind']],
  ])('%s', (_what, windows, time, changes) => {
    expect(
      starts(
        windows.map(([start, latest]) => ({ start, latest })),
        time,
        10,
      ),
    ).toEqual(changes)
  })
})

/** The windows of 3.4 over records: start and the records in it, in the order they came. */
function defined(times: readonly number[], length: number): Map<number, number[]> {
  const within = (start: number): number[] => times.filter((time) => time >= start && time <= start + length)
  const lefts = times.map((time) => Math.max(0, time - length))
  const rights = times.filter((time) => within(time + 1).length > 0).map((time) => time + 1)
  return new Map([...lefts, ...rights].map((start) => [start, within(start)]))
}

interface Kept extends SlidingWindow {
  readonly times: readonly number[]
}

function kept(random: Random, length: number): { times: number[]; windows: Map<number, Kept> } {
  const windows = new Map<number, Kept>()
  const times = Array.from({ length: randomInteger(random, 1, 25) }, () => randomInteger(random, 0, 4 * length))
  for (const time of times) {
    const { from, to } = reachOf(time, length)
    const near = [...windows.values()].filter(({ start }) => start >= from && start < to)
    near.sort((one, other) => one.start - other.start)
    for (const change of changesOf(near, time, length)) {
      const before = change.from?.times ?? []
      const after = change.adds ? [...before, time] : before
      windows.set(change.start, { start: change.start, latest: Math.max(...after), times: after })
    }
  }
  return { times, windows }
}

test.each(Array.from({ length: 300 }, (_, seed) => seed))(
  'windows made one by one are those of the definition, seed %i',
  (seed) => {
    const random = seededRandom(seed)
    const length = randomInteger(random, 1, 12)
    const { times, windows } = kept(random, length)
    const made = new Map([...windows].map(([start, { times: held }]) => [start, held]))
    expect(made).toEqual(defined(times, length))
  },
)
