/** Rows in memory and on disk give the same answers. */
import { expect, test } from 'vitest'
import {
  countWindow,
  from,
  hopping,
  number,
  session,
  sliding,
  table,
  text,
  topic,
  topology,
  tumbling,
  versionedTable,
} from '../../src/index.ts'
import { randomInteger, seededRandom } from '../../src/random.ts'
import { lmdb } from '../../src/state/lmdb/index.ts'
import type { StateBackend } from '../../src/state/rows.ts'
import { drive } from '../../src/testing/index.ts'
import { temporaryDirectory } from '../state/directories.ts'
import { type DeskBench, deskAfter } from './desk-bench.ts'

const items = topic('items', { key: text, value: number })
const counts = topic('counts', { key: text, value: number })
const ms = (milliseconds: number): { milliseconds: number } => ({ milliseconds })
const grace = { grace: { days: 1 } }

const stream = from(items)
const prices = versionedTable('prices', { key: text, value: number, history: { days: 1 } })
const built = topology(
  'both',
  stream.count('table').to(table('out', { key: text, value: number })),
  stream
    .window(tumbling(ms(10), grace))
    .count('tumbling')
    .to(counts),
  stream
    .window(hopping(ms(10), { every: ms(3), ...grace }))
    .count('hopping')
    .to(counts),
  stream
    .window(sliding(ms(10), grace))
    .count('sliding')
    .to(counts),
  stream
    .window(session(ms(4), grace))
    .count('session')
    .to(counts),
  stream.window(countWindow(1_000)).count('counted').to(counts),
  from(prices)
    .toStream()
    .to(table('prices-out', { key: text, value: number })),
)
const stores = ['table', 'tumbling', 'hopping', 'sliding', 'session', 'counted', 'prices']
const keys = ['a', 'ab', 'b', '\0', '\xff']

function served(backend?: StateBackend): DeskBench {
  const random = seededRandom(3)
  const flow = drive(built)
  for (let turn = 0; turn < 200; turn++) {
    const key = keys[randomInteger(random, 0, keys.length - 1)]!
    const time = randomInteger(random, 0, 100)
    flow.put(items, turn, { key, time })
    flow.put(prices, turn, { key, time })
  }
  return deskAfter(built, flow, backend && { backend })
}

function questionsOf(store: string): string[] {
  const path = `/stores/${store}`
  const ofKeys = keys.map((key) => `${path}/${encodeURIComponent(key)}`)
  if (store === 'table') return [path, `${path}?limit=2`, `${path}?from=ab`, `${path}?from=a&to=b`, ...ofKeys]
  const bounded = [path, ...ofKeys].flatMap((each) => [each, `${each}?from=20&to=60`, `${each}?from=0&limit=3`])
  return store === 'prices' ? [...bounded, ...ofKeys.map((each) => `${each}?at=50`)] : bounded
}

test('whatever is asked', async () => {
  const memory = served()
  const disk = served(lmdb(temporaryDirectory()))
  let rows = 0
  for (const target of stores.flatMap(questionsOf)) {
    const [one, other] = [await memory.ask(target), await disk.ask(target)]
    expect(other, target).toEqual(one)
    rows += (one.body as { rows?: unknown[] }).rows?.length ?? 1
  }
  expect(rows).toBeGreaterThan(500)
  for (const store of stores) disk.store(store).close()
})
