/** Random streams, with times drawn at the edges of windows, against the definition itself. */
import { expect, test } from 'vitest'
import { from, hopping, json, text, topic, topology } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { bench } from '../bench.ts'

interface Plan {
  readonly size: number
  readonly hop: number
  readonly grace: number
  readonly outOfOrderness: number
  readonly records: readonly { readonly key: string; readonly value: string; readonly time: number }[]
}

const input = topic('in', { key: text, value: json<string>() })
const output = topic('out', { key: text, value: json<string>() })

function plan(random: Random): Plan {
  const hop = randomInteger(random, 1, 8)
  const size = hop * randomInteger(random, 1, 4) + randomInteger(random, 0, hop - 1)
  const grace = randomInteger(random, 0, 2) * randomInteger(random, 0, 10)
  const records = Array.from({ length: randomInteger(random, 5, 60) }, (_, index) => ({
    key: 'abcd'.charAt(randomInteger(random, 0, 3)),
    value: String(index),
    time: Math.max(0, index * randomInteger(random, 0, 3) + randomInteger(random, -size - grace, size)),
  }))
  return { size, hop, grace, outOfOrderness: randomInteger(random, 0, 1) * randomInteger(random, 0, 6), records }
}

/** What 3.2 says, word for word: each final row as `key [start] values @time`, in the order of 2.9, and the late count. */
function oracle({ size, hop, grace, outOfOrderness, records }: Plan): { rows: string[]; late: number } {
  const windows = new Map<string, { start: number; key: string; values: string; time: number }>()
  let operatorTime = -1
  let late = 0
  for (const { key, value, time } of records) {
    operatorTime = Math.max(operatorTime, time - outOfOrderness)
    for (let start = 0; start <= time; start += hop) {
      if (time >= start + size) continue
      if (start + size <= operatorTime - grace) late++
      else {
        const row = windows.get(`${start} ${key}`) ?? { start, key, values: '', time: -1 }
        windows.set(`${start} ${key}`, { start, key, values: `${row.values}+${value}`, time: Math.max(row.time, time) })
      }
    }
  }
  const ordered = [...windows.values()].sort((one, other) => one.start - other.start || (one.key < other.key ? -1 : 1))
  return { rows: ordered.map(({ start, key, values, time }) => `${key}=${start}:${values}@${time}`), late }
}

function run(
  { size, hop, grace, outOfOrderness, records }: Plan,
  mode: 'final' | 'updates',
): { rows: string[]; late: number } {
  const windows = hopping({ milliseconds: size }, { every: { milliseconds: hop }, grace: { milliseconds: grace } })
  const folded = from(input)
    .window(windows)
    .aggregate('sums', { as: text, start: '', add: (sum: string, value) => `${sum}+${value}` })
  const results = mode === 'final' ? folded : folded.updates()
  const flow = bench(topology('app', results.map((sum, { window }) => `${window.start.getTime()}:${sum}`).to(output)))
  flow.context.outOfOrderness = outOfOrderness
  let latest = -1
  for (const { key, value, time } of records) {
    latest = Math.max(latest, time)
    flow.put(key, value, time, latest - outOfOrderness)
    for (const store of flow.stores.values()) {
      store.flush(() => {})
      store.commit()
    }
  }
  flow.task.advance(Number.POSITIVE_INFINITY)
  expect(flow.stores.get('sums')!.size).toBe(0)
  return { rows: flow.said(), late: flow.counters.late }
}

/** The last row of each key and window. */
function lastOfEach(rows: readonly string[]): string[] {
  return [...new Map(rows.map((row) => [row.slice(0, row.indexOf(':')), row])).values()].toSorted()
}

test.each(Array.from({ length: 200 }, (_, seed) => seed))('seed %i', (seed) => {
  const given = plan(seededRandom(seed))
  const expected = oracle(given)
  expect(run(given, 'final')).toEqual(expected)
  const updates = run(given, 'updates')
  expect({ rows: lastOfEach(updates.rows), late: updates.late }).toEqual({
    rows: expected.rows.toSorted(),
    late: expected.late,
  })
})
