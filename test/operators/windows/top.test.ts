/** The best values of a window: one list when it closes. */
import { describe, expect, test } from 'vitest'
import { findFault, from, json, text, topic, topology, tumbling } from '../../../src/index.ts'
import { type Bench, bench } from '../bench.ts'
import { ms } from './flows.ts'

interface Bid {
  readonly price: number
  readonly by: string
}

const bids = topic('bids', { key: text, value: json<Bid>() })
const lists = topic('lists', { key: text, value: json<string[]>() })
const compare = (one: Bid, other: Bid): number => other.price - one.price

function flowOf(mode: 'final' | 'updates' = 'final'): Bench {
  const best = from(bids)
    .window(tumbling(ms(10), { grace: ms(100) }))
    .top('best', 2, { compare })
  const results = mode === 'final' ? best : best.updates()
  return bench(topology('app', results.map((list) => list.map(({ price, by }) => `${by}${price}`)).to(lists)))
}

/** As a record of this partition. */
function put(flow: Bench, partition: number, by: string, price: number, time: number): void {
  Object.assign(flow.context, { topic: 'bids', partition, offset: 0, raisesTime: true })
  flow.task.receive(0, 'auction', { by, price }, time)
  flow.undo.forget()
}

describe('best first, at most so many', () => {
  test.each<[what: string, bids: readonly [by: string, price: number, time: number][], list: string[]]>([
    ['one', [['ann', 5, 1]], ['ann5']],
    [
      'the third best falls out',
      [
        ['ann', 5, 1],
        ['bob', 7, 2],
        ['cat', 6, 3],
      ],
      ['bob7', 'cat6'],
    ],
    [
      'of equal ones the earlier in event time',
      [
        ['ann', 5, 3],
        ['bob', 5, 2],
        ['cat', 5, 1],
      ],
      ['cat5', 'bob5'],
    ],
    [
      'of one time the one that lay first',
      [
        ['ann', 5, 3],
        ['bob', 5, 3],
        ['cat', 5, 3],
      ],
      ['cat5', 'bob5'],
    ],
  ])('%s', (_what, given, list) => {
    const flow = flowOf()
    // The last one lay in the first partition.
    for (const [index, [by, price, time]] of given.entries()) put(flow, given.length - index, by, price, time)
    flow.task.advance(Number.POSITIVE_INFINITY)
    expect(flow.emitted.map(({ value }) => value)).toEqual([list])
  })
})

test('updates are lists too', () => {
  const flow = flowOf('updates')
  put(flow, 1, 'ann', 5, 1)
  put(flow, 2, 'bob', 7, 2)
  expect(flow.emitted.map(({ value }) => value)).toEqual([['ann5'], ['bob7', 'ann5']])
})

test('a list comes back from the store as it was', () => {
  const flow = flowOf()
  put(flow, 1, 'ann', 5, 1)
  put(flow, 2, 'bob', 5, 1)
  const store = flow.stores.get('best')!
  store.flush(() => {})
  store.commit()
  put(flow, 3, 'cat', 9, 1)
  flow.task.advance(Number.POSITIVE_INFINITY)
  expect(flow.emitted.map(({ value }) => value)).toEqual([['cat9', 'ann5']])
})

test.each([0, 1.5, -1])('%d places are refused', (count) => {
  const windows = from(bids).window(tumbling(ms(10)))
  try {
    windows.top('best', count, { compare })
    expect.unreachable()
  } catch (error) {
    expect(findFault(error)).toMatchObject({ kind: 'fatal', code: 'MR1003' })
  }
})
