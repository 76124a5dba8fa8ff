/** Holding updates back, `semantics.md` 3.7. */
import { describe, expect, test } from 'vitest'
import {
  cumulate,
  findFault,
  from,
  hopping,
  json,
  number,
  session,
  sliding,
  table,
  text,
  topic,
  topology,
  tumbling,
  type WindowUpdates,
} from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { type Bench, bench } from '../bench.ts'
import { input, type LastingWindows, lengthOf, ms, output, play, type Step, windowFlow } from './flows.ts'

const prices = table('prices', { key: text, value: json<string>() })
const shown = table('shown', { key: text, value: json<string>() })

interface Limits {
  readonly maxRows?: number
  readonly whenFull?: 'emit' | 'stop'
}

function tableFlow(wait: number, limits: Limits = {}): Bench {
  return bench(
    topology(
      'app',
      from(prices)
        .suppress('slow', { for: ms(wait), ...limits })
        .to(shown),
    ),
  )
}

describe('a table, for 10', () => {
  test.each<[what: string, steps: readonly Step[]]>([
    [
      'the time counts from the first update, the latest comes out with its own time',
      [['x@5'], ['y@9'], ['T14'], ['T15', 'y@9']],
    ],
    ['what comes at that very moment comes out with it', [['x@5'], ['y@15', 'y@15']]],
    ['then it counts anew', [['x@5'], ['T15', 'x@5'], ['y@16'], ['T25'], ['T26', 'y@16']]],
    ['a deletion is an update', [['x@5'], ['∅@6'], ['T15', 'null@6']]],
    [
      'rows come out by their first time, then by key',
      [['b:x@5'], ['y@5'], ['c:z@4'], ['T15', 'c=z@4', 'y@5', 'b=x@5']],
    ],
    ['the end of a bounded run brings all', [['x@5'], ['end', 'x@5']]],
  ])('%s', (_what, steps) => {
    const { told, asked } = play(tableFlow(10), steps)
    expect(told).toEqual(asked)
  })

  test('a wait of nothing holds nothing back', () => {
    const { told, asked } = play(tableFlow(0), [
      ['x@5', 'x@5'],
      ['y@6', 'y@6'],
    ])
    expect(told).toEqual(asked)
  })
})

describe('a table that is full', () => {
  test('emits the oldest early, by default', () => {
    const { told, asked } = play(tableFlow(100, { maxRows: 2 }), [
      ['x@5'],
      ['b:y@6'],
      ['z@7'],
      ['c:w@8', 'z@7'],
      ['d:v@9', 'b=y@6'],
    ])
    expect(told).toEqual(asked)
  })

  test('stops where it is told to', () => {
    const flow = tableFlow(100, { maxRows: 2, whenFull: 'stop' })
    play(flow, [['x@5'], ['b:y@6']])
    expect(() => flow.put('c', 'z', 7)).toThrow(expect.objectContaining({ kind: 'fatal', code: 'MR3009' }))
  })

  test('counts what a rejected record took back as not there', () => {
    const flow = tableFlow(100, { maxRows: 3 })
    flow.put('a', 'x', 1)
    flow.put('b', 'x', 2)
    flow.task.receive(0, 'c', 'x', 3)
    flow.undo.undoTo(0)
    flow.put('c', 'y', 4)
    expect(flow.said()).toEqual([])
    flow.task.restoreTimes(flow.task.saveTimes())
    flow.put('d', 'x', 5)
    expect(flow.said()).toEqual(['a=x@1'])
  })
})

test('joins see of a suppressed table what has come out', () => {
  const rows = from(prices).suppress('slow', { for: ms(10) })
  const joined = from(input).join(rows, (value, row) => `${value} ${row}`)
  const flow = bench(topology('app', joined.to(output), rows.to(shown)))
  const [asked, priced] = [0, 1]
  const asks = (time: number): string[] => {
    flow.task.receive(asked, 'a', 'now', time)
    flow.undo.forget()
    return flow.said().filter((line) => line.startsWith('a=now'))
  }
  flow.task.receive(priced, 'a', 'x', 5)
  expect(asks(6)).toEqual([])
  flow.task.advance(15)
  flow.task.receive(priced, 'a', 'y', 16)
  expect(asks(17)).toEqual(['a=now x@17'])
})

/** Updates, held back until their windows close. */
function heldFlow(windows: LastingWindows, limits: object = {}): Bench {
  const fold = {
    as: text,
    start: '',
    add: (sum: string, value: unknown) => (sum === '' ? `${value}` : `${sum}+${value}`),
    merge: (one: string, other: string) => `${one}|${other}`,
  }
  const keyed = from(input)
  const updates = (windows.kind === 'session'
    ? keyed.window(windows).aggregate('sums', fold).updates()
    : keyed.window(windows).aggregate('sums', fold).updates()) as unknown as WindowUpdates<string, string, unknown>
  const rows = updates.suppress('once', { until: 'close', ...limits })
  return bench(topology('app', rows.map((sum, { window }) => `${lengthOf(window)} ${sum}`).to(output)))
}

describe('windows, until they close', () => {
  test('one row, when final would speak', () => {
    const { told, asked } = play(heldFlow(tumbling(ms(10), { grace: ms(5) })), [
      ['x@2'],
      ['y@3'],
      ['T14'],
      ['T15', '[0,10] x+y@3'],
      ['z@16'],
      ['end', '[10,20] z@16'],
    ])
    expect(told).toEqual(asked)
  })

  test('full: emits the oldest window early, and again what changes', () => {
    const flow = heldFlow(tumbling(ms(10), { grace: ms(5) }), { maxRows: 1, whenFull: 'emit' })
    const { told, asked } = play(flow, [
      ['x@2'],
      ['y@12', '[0,10] x@2'],
      ['z@3', '[0,10] x+z@3'],
      ['T25', '[10,20] y@12'],
    ])
    expect(told).toEqual(asked)
  })

  test('full: goes on in the store by default', () => {
    const flow = heldFlow(tumbling(ms(10), { grace: ms(5) }), { maxRows: 1 })
    const { told, asked } = play(flow, [['x@2'], ['y@12'], ['T25', '[0,10] x@2', '[10,20] y@12']])
    expect(told).toEqual(asked)
  })
})

const kinds: Readonly<Record<string, (random: Random) => LastingWindows>> = {
  tumbling: (random) => tumbling(ms(8), { grace: ms(randomInteger(random, 0, 9)) }),
  hopping: (random) => hopping(ms(9), { every: ms(4), grace: ms(randomInteger(random, 0, 9)) }),
  cumulate: (random) => cumulate(ms(9), { step: ms(3), grace: ms(randomInteger(random, 0, 9)) }),
  sliding: (random) => sliding(ms(6), { grace: ms(randomInteger(random, 0, 9)) }),
  session: (random) => session(ms(5), { grace: ms(randomInteger(random, 0, 9)) }),
}

describe('rows held back until the close are those of final', () => {
  const cases = Object.keys(kinds).flatMap((kind) => Array.from({ length: 30 }, (_, seed) => ({ kind, seed })))
  test.each(cases)('$kind, seed $seed', ({ kind, seed }) => {
    const random = seededRandom(seed)
    const windows = kinds[kind]!(random)
    const flows = [heldFlow(windows), windowFlow(windows)]
    let time = 20
    for (let index = 0; index < 60; index++) {
      time += randomInteger(random, 0, 5)
      const at = Math.max(0, time - randomInteger(random, 0, 1) * randomInteger(random, 0, 25))
      for (const flow of flows) flow.put('abc'.charAt(index % 3), String(index), at, time)
    }
    const [held, final] = flows.map((flow) => {
      flow.task.advance(Number.POSITIVE_INFINITY)
      return flow.said().filter((line) => !line.includes('=late'))
    })
    expect(held).toEqual(final)
    expect(held!.length).toBeGreaterThan(5)
  })
})

describe('nonsense is refused', () => {
  const keyed = from(topic('numbers', { key: text, value: number }))
  const refused: Record<string, () => unknown> = {
    'no room at all': () => from(prices).suppress('slow', { for: ms(1), maxRows: 0 }),
    'a negative wait': () => from(prices).suppress('slow', { for: ms(-1) }),
    'windows for a time': () =>
      keyed
        .window(tumbling(ms(1)))
        .count('n')
        .updates()
        .suppress('slow', { for: ms(1) } as unknown as { until: 'close' }),
  }
  test.each(Object.keys(refused))('%s', (name) => {
    try {
      refused[name]!()
      expect.unreachable()
    } catch (error) {
      expect(findFault(error)).toMatchObject({ kind: 'fatal', code: 'MR1003' })
    }
  })
})
