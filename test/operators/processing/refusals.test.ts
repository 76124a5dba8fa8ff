/** What a step with state, or one that waits, is refused for when the topology is built. */
import { describe, expect, test } from 'vitest'
import {
  compile,
  describe as describeGraph,
  from,
  json,
  mapState,
  number,
  text,
  topic,
  topology,
  valueState,
} from '../../../src/index.ts'
import type { Serde } from '../../../src/serde/serde.ts'

const items = topic('items', { key: text, value: json<{ n: number }>() })
const out = topic('out', { key: text, value: json<unknown>() })
const stream = from(items)
const none = () => []
const registered: Serde<string> = { ...text, name: 'registered', prepare: async () => undefined }

const cases: [why: string, code: string, build: () => unknown][] = [
  ['a name that Kafka can not take', 'MR4002', () => stream.process('a name', { onRecord: none })],
  [
    'a state with such a name',
    'MR4002',
    () => stream.process('p', { state: { 'a name': valueState(number) }, onRecord: none }),
  ],
  [
    'a state called timers',
    'MR4001',
    () => stream.process('p', { state: { timers: valueState(number) }, onRecord: none }),
  ],
  [
    'a state called expiry',
    'MR4001',
    () => stream.process('p', { state: { expiry: valueState(number) }, onRecord: none }),
  ],
  ['a time to live that is negative', 'MR1003', () => valueState(number, { ttl: { seconds: -1 } })],
  ['entries whose keys need a registry', 'MR1003', () => mapState(registered, number)],
  ['no interval', 'MR1003', () => stream.process('p', { everyWallClock: { every: {}, run: none } })],
  [
    'a stream without key',
    'MR4004',
    () => (from(topic('any', { value: text })) as unknown as typeof stream).process('p', { onRecord: none }),
  ],
  ['a step that waits for none', 'MR1003', () => stream.mapAsync('ask', async () => 1, { concurrency: 0 })],
  ['half a record', 'MR1003', () => stream.mapAsync('ask', async () => 1, { concurrency: 1.5 })],
  ['no time to answer', 'MR1003', () => stream.mapAsync('ask', async () => 1, { timeout: {} })],
  ['a waiting step with a name that Kafka can not take', 'MR4002', () => stream.mapAsync('a/b', async () => 1)],
]

test.each(cases)('%s is refused: %s', (_why, code, build) => {
  expect(build).toThrow(expect.objectContaining({ code }))
})

describe('stores', () => {
  test('are one per state, and those that its timers and times to live need', () => {
    const state = { seen: valueState(number), recent: mapState(text, number, { ttl: { hours: 1 } }) }
    const storesOf = (node: { readonly stores?: readonly { readonly name: string }[] }) =>
      node.stores!.map(({ name }) => name)
    expect(storesOf(stream.process('p', { onRecord: none }).node as never)).toEqual([])
    expect(storesOf(stream.process('p', { state, onTimer: none }).node as never)).toEqual([
      'p.seen',
      'p.recent',
      'p.timers',
      'p.expiry',
    ])
  })

  test('make changelogs, and all is shown in the description', () => {
    const results = stream
      .process('p', { state: { seen: valueState(number) }, onTimer: none })
      .mapAsync('ask', async (value) => value, { concurrency: 3, timeout: { seconds: 1 } })
    const graph = compile(topology('app', results.to(out)))
    expect(graph.internal.filter(({ kind }) => kind === 'changelog').map(({ name }) => name)).toEqual([
      'app.p.seen.changelog',
      'app.p.timers.changelog',
    ])
    const shown = describeGraph(graph)
    expect(shown).toContain('p: store app.p.seen.changelog, store app.p.timers.changelog')
    expect(shown).toContain('ask: 3 at a time, each within 1')
  })
})
