import { describe, expect, test } from 'vitest'
import { from, globalTable, json, nullable, number, otherwise, table, text, topic, topology } from '../../src/index.ts'
import type { RecordContext } from '../../src/topology/nodes.ts'
import { bench } from './bench.ts'

const input = topic('in', { key: nullable(text), value: json<string | null>() })
const keyed = topic('keyed', { key: text, value: json<string | null>() })
const output = topic('out', { key: nullable(text), value: json<unknown>() })
const other = topic('other', { key: nullable(text), value: json<unknown>() })
const names = globalTable('names', { value: json<string>() })
const prices = table('prices', { value: json<number>() })

const rejectOf = (code: string) => expect.objectContaining({ kind: 'reject', code })

/** What a handler sees, copied: the context is one object for all records. */
const look = ({ key, time, window, topic: source, offset }: RecordContext<unknown>): unknown[] => [
  key,
  time,
  window,
  source,
  offset,
]

describe('one record in, any number out', () => {
  test('map changes the value alone', () => {
    const flow = bench(
      topology(
        'app',
        from(input)
          .map((value, { key, time }) => `${key}${value}${time}`)
          .to(output),
      ),
    )
    flow.put('k', 'v', 3)
    expect(flow.said()).toEqual(['k=kv3@3'])
    expect(flow.counters).toEqual({ filtered: 0, late: 0, out: 1 })
  })

  test('filter counts what it drops', () => {
    const flow = bench(
      topology(
        'app',
        from(input)
          .filter((value) => value !== 'no')
          .to(output),
      ),
    )
    for (const value of ['yes', 'no', 'no']) flow.put('k', value, 1)
    expect(flow.said()).toEqual(['k=yes@1'])
    expect(flow.counters).toEqual({ filtered: 2, late: 0, out: 1 })
  })

  test.each([
    ['an array', (value: string | null) => [...(value ?? '')]],
    ['a set', (value: string | null) => new Set(value ?? '')],
    [
      'a generator',
      function* (value: string | null) {
        yield* value ?? ''
      },
    ],
  ])('flatMap takes %s, in order', (_what, handler) => {
    const flow = bench(topology('app', from(input).flatMap(handler).to(output)))
    flow.put('k', 'abc', 1)
    flow.put('k', '', 2)
    expect(flow.said()).toEqual(['k=a@1', 'k=b@1', 'k=c@1'])
  })

  test('mapKeyValue changes both', () => {
    const swapped = from(input).mapKeyValue((value, { key }) => [`${value}`, key] as const)
    const flow = bench(topology('app', swapped.to(output)))
    flow.put('k', 'v', 1)
    expect(flow.said()).toEqual(['v=k@1'])
  })

  test('merge passes what each input has', () => {
    const upper = from(input).map((value) => value?.toUpperCase())
    const flow = bench(topology('app', from(input).merge(upper).to(output)))
    flow.put('k', 'v', 1)
    expect(flow.said().toSorted()).toEqual(['k=V@1', 'k=v@1'])
  })

  test('branch gives each record to the first case that takes it', () => {
    const cases = from(input).branch({
      a: (value) => value!.includes('a'),
      ab: (value) => value!.includes('b'),
      rest: otherwise,
    })
    const flow = bench(topology('app', cases.ab.to(output), cases.rest.to(other)))
    for (const value of ['a', 'b', 'ab', 'c']) flow.put('k', value, 1)
    expect(flow.emitted.map(({ topic: name, value }) => [name, value])).toEqual([
      ['out', 'b'],
      ['other', 'c'],
    ])
  })

  test('what no case of a branch takes is counted as filtered', () => {
    const cases = from(input).branch({ a: (value) => value === 'a' })
    const flow = bench(topology('app', cases.a.to(output)))
    flow.put('k', 'b', 1)
    expect(flow.said()).toEqual([])
    expect(flow.counters.filtered).toBe(1)
  })

  test('keyBy writes under the new key to the topic of its name', () => {
    const counted = from(input)
      .keyBy('letter', (value) => value!.charAt(0))
      .count('counts')
    const flow = bench(topology('app', counted.toStream().to(output)))
    flow.put('k', 'word', 4)
    expect(flow.emitted).toEqual([{ topic: 'app.letter.repartition', key: 'w', value: 'word', time: 4 }])
    expect(flow.counters.out).toBe(0)
  })

  test('keyBy refuses a null key', () => {
    const counted = from(input)
      .keyBy('letter', () => null as unknown as string)
      .count('counts')
    const flow = bench(topology('app', counted.toStream().to(output)))
    expect(() => flow.put('k', 'word', 4)).toThrow(rejectOf('MR3004'))
  })
})

describe('the context', () => {
  test('holds for each handler, also after nested records', () => {
    const seen: unknown[] = []
    const parts = from(input).flatMap(function* (value, context) {
      for (const part of value!) {
        seen.push(['flat', part, ...look(context)])
        yield part
      }
      seen.push(['end', ...look(context)])
    })
    const renamed = parts.mapKeyValue((part) => [`new-${part}`, part] as const)
    const watched = renamed.peek((part, context) => void seen.push(['behind', part, ...look(context)]))
    const flow = bench(topology('app', watched.to(output)))
    flow.put('k', 'ab', 5)
    expect(seen).toEqual([
      ['flat', 'a', 'k', 5, null, 'in', 7],
      ['behind', 'a', 'new-a', 5, null, 'in', 7],
      ['flat', 'b', 'k', 5, null, 'in', 7],
      ['behind', 'b', 'new-b', 5, null, 'in', 7],
      ['end', 'k', 5, null, 'in', 7],
    ])
  })

  test.each([
    ['a map', /map/, () => from(input).map(fail)],
    ['a filter', /filter/, () => from(input).filter(fail)],
    ['a flatMap', /flat/, () => from(input).flatMap(fail)],
    [
      'a peek behind a map',
      /peek/,
      () =>
        from(input)
          .map((value) => value)
          .peek(fail),
    ],
    ['a branch', /branch/, () => from(input).branch({ one: fail }).one],
    ['a lookup', /lookup/, () => from(input).lookup(names, fail, (value) => value)],
  ])('names %s as the node that threw', (_what, name, make) => {
    const flow = bench(topology('app', make().to(output)))
    expect(() => flow.put('k', 'v', 1)).toThrow('broken')
    expect(flow.nodeName(flow.context.node)).toMatch(name)
  })

  test('names the generator that threw between two values', () => {
    const parts = from(input).flatMap(function* (value) {
      yield value
      throw new Error('broken')
    })
    const flow = bench(topology('app', parts.map((part) => part).to(output)))
    expect(() => flow.put('k', 'v', 1)).toThrow('broken')
    expect(flow.nodeName(flow.context.node)).toMatch(/flat/)
  })
})

describe('lookup', () => {
  const tables = { names: new Map([['a', 'Ann']]) }
  const left = topology(
    'app',
    from(input)
      .lookup(
        names,
        (value) => keyOf(value),
        (value, name) => `${value}:${name?.length}`,
      )
      .to(output),
  )
  const inner = topology(
    'app',
    from(input)
      .innerLookup(
        names,
        (value) => keyOf(value) as string,
        (value, name) => `${value}:${name.length}`,
      )
      .to(output),
  )

  test.each([
    ['a', ['k=a:3@1'], ['k=a:3@1'], 0],
    ['b', ['k=b:undefined@1'], [], 1],
  ])('of %s joins what is there', (value, outer, strict, dropped) => {
    const [one, two] = [bench(left, { tables }), bench(inner, { tables })]
    one.put('k', value, 1)
    two.put('k', value, 1)
    expect([one.said(), two.said()]).toEqual([outer, strict])
    expect([one.counters.filtered, two.counters.filtered]).toEqual([0, dropped])
  })

  test('by a null key joins with nothing, or under inner is a reject', () => {
    const one = bench(left, { tables })
    one.put('k', 'null', 1)
    expect(one.said()).toEqual(['k=null:undefined@1'])
    expect(() => bench(inner, { tables }).put('k', 'null', 1)).toThrow(rejectOf('MR3004'))
  })

  test('a null value is counted as filtered', () => {
    const one = bench(left, { tables })
    one.put('k', null, 1)
    expect(one.said()).toEqual([])
    expect(one.counters.filtered).toBe(1)
  })
})

describe('tables', () => {
  test('a fold without window emits every change, and skips null values', () => {
    const flow = bench(topology('app', from(keyed).count('counts').toStream().to(output)))
    flow.put('a', 'x', 5)
    flow.put('a', null, 6)
    flow.put('a', 'y', 3)
    expect(flow.said()).toEqual(['a=1@5', 'a=2@5'])
    expect(flow.counters.filtered).toBe(1)
    expect(() => flow.put(null, 'x', 6)).toThrow(rejectOf('MR3004'))
  })

  test('a table of a topic keeps the latest by event time, also of deletions', () => {
    const flow = bench(topology('app', from(prices).toStream().to(output)))
    const cases: [value: number | null, time: number, said: string[], late: number][] = [
      [1, 10, ['a=1@10'], 0],
      [2, 9, [], 1],
      [3, 10, ['a=3@10'], 1],
      [null, 20, ['a=null@20'], 1],
      [4, 15, [], 2],
      [5, 20, ['a=5@20'], 2],
    ]
    for (const [value, time, said, late] of cases) {
      flow.put('a', value, time)
      expect([flow.said(), flow.counters.late]).toEqual([said, late])
    }
    expect(() => flow.put(null, 1, 30)).toThrow(rejectOf('MR3004'))
  })
})

describe('time marks', () => {
  test('reach a repartition topic less what the operators before it hold back', () => {
    const hourly = from(keyed).window({ kind: 'tumbling', size: 10, hop: 10, offset: 0, grace: 4 }).count('counts')
    const counted = hourly.keyBy('again', (count) => count, { key: number }).count('totals')
    const flow = bench(topology('app', counted.toStream().to(topic('totals', { key: number, value: number }))))
    const sink = 'app.again.repartition'
    expect(flow.task.sinkMarks.get(sink)).toBe(-1)
    flow.task.advance(100)
    expect(flow.task.sinkMarks.get(sink)).toBe(86)
    flow.task.advance(Number.POSITIVE_INFINITY)
    expect(flow.task.sinkMarks.get(sink)).toBe(Number.POSITIVE_INFINITY)
    flow.task.restoreTimes({})
    expect(flow.task.sinkMarks.get(sink)).toBe(-1)
  })

  test('of several ways the slowest counts', () => {
    const slow = from(keyed).window({ kind: 'tumbling', size: 10, hop: 10, offset: 0, grace: 4 }).count('counts')
    const merged = from(keyed)
      .map(() => 0)
      .merge(slow)
      .keyBy('again', () => 'k')
      .count('totals')
    const flow = bench(topology('app', merged.toStream().to(output)))
    flow.task.advance(100)
    expect([...flow.task.sinkMarks]).toEqual([['app.again.repartition', 86]])
  })
})

function keyOf(value: string | null): string | null {
  return value === 'null' ? null : value
}

function fail(): never {
  throw new Error('broken')
}
