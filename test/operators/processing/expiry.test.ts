/** Rows with a time to live leave the store, each when its last change lies so far back, whatever entry was made for it. */
import { expect, test } from 'vitest'
import { from, json, mapState, number, text, topic, topology, valueState } from '../../../src/index.ts'
import { bench } from '../bench.ts'

const input = topic('in', { key: text, value: text })
const output = topic('out', { key: text, value: json<unknown>() })
const ttl = { milliseconds: 10 }

function opened() {
  const results = from(input).process('p', {
    state: { seen: valueState(number, { ttl }), items: mapState(text, number, { ttl }), kept: valueState(number) },
    onRecord(value, { state }) {
      if (value === '-') state.seen.clear()
      if (value === '-') return
      state.seen.set(1)
      state.items.set(value, 1)
      state.kept.set(1)
    },
  })
  const work = bench(topology('app', results.to(output)))
  const sizes = () => ['p.seen', 'p.items', 'p.kept', 'p.expiry'].map((name) => work.stores.get(name)!.size)
  return { work, sizes }
}

test.each([
  [
    'a row goes when its time has come',
    [['a', 'x', 0]],
    [
      [9, [1, 1, 1, 2]],
      [10, [0, 0, 1, 0]],
    ],
  ],
  [
    'one that was changed lives longer, with one entry still',
    [
      ['a', 'x', 0],
      ['a', 'x', 5],
    ],
    [
      [10, [1, 1, 1, 2]],
      [14, [1, 1, 1, 2]],
      [15, [0, 0, 1, 0]],
    ],
  ],
  [
    'one that came back is not taken by the entry of the one before',
    [
      ['a', 'x', 0],
      ['a', '-', 2],
      ['a', 'x', 4],
    ],
    [
      [10, [1, 1, 1, 2]],
      [13, [1, 1, 1, 2]],
      [14, [0, 0, 1, 0]],
    ],
  ],
  [
    'each entry of a map has its own time',
    [
      ['a', 'x', 0],
      ['a', 'y', 3],
      ['b', 'x', 6],
    ],
    [
      [10, [2, 2, 2, 4]],
      [13, [1, 1, 2, 2]],
      [16, [0, 0, 2, 0]],
    ],
  ],
] as const)('%s', (_, records, marks) => {
  const { work, sizes } = opened()
  for (const [key, value, time] of records) work.put(key, value, time)
  for (const [mark, expected] of marks) {
    work.task.advance(mark)
    work.undo.forget()
    expect([mark, sizes()]).toEqual([mark, expected])
  }
})
