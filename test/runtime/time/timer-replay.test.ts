import { expect, test } from 'vitest'
import { from, text, topic, topology } from '../../../src/index.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const words = topic('words', { key: text, value: text })
const out = topic('out', { key: text, value: text })

/** Two processors with different intervals: which of them fires when depends on the wall clock alone. */
function ticking() {
  const each = (name: string, seconds: number) =>
    from(words, { idle: 'off' }).process(name, {
      onRecord: (value) => [value],
      everyWallClock: { every: { seconds }, run: () => [`${name} ticks`] },
    })
  return topology(
    'ticking',
    each('quick', 10)
      .mapKeyValue((value) => ['k', value])
      .to(out),
    each('slow', 25)
      .mapKeyValue((value) => ['k', value])
      .to(out),
  )
}

const put = (flow: Flow, value: string): void => flow.put(words, value, { key: 'k', time: noon })

test('work by the wall clock is repeated at the same place among the records, by the same times', () => {
  const original = drive(ticking(), { now: noon })
  for (const [value, seconds] of [
    ['a', 7],
    ['b', 9],
    ['c', 40],
    ['d', 3],
    ['e', 30],
  ] as const) {
    put(original, value)
    original.advance({ seconds })
  }
  const decisions = original.decisions()
  expect(new Set(decisions[0]!.decisions.map(({ kind }) => kind))).toEqual(new Set(['timer']))
  const replayed = drive(ticking(), { now: noon, decisions })
  for (const value of ['a', 'b', 'c', 'd', 'e']) put(replayed, value)
  const expected = original.take(out)
  expect(expected.filter(({ value }) => value.endsWith('ticks')).length).toBeGreaterThan(3)
  expect(replayed.take(out)).toEqual(expected)
})
