/** The operator: what waits for time, what time ends, what is late, what a failure leaves. */
import { describe, expect, test } from 'vitest'
import { begin, from, json, text, topic, topology } from '../../../src/index.ts'
import type { PatternOptions } from '../../../src/topology/steps/pattern.ts'
import { type Bench, bench } from '../bench.ts'
import { letters } from './runs.ts'

const output = topic('out', { key: text, value: json<string>() })
const lateOutput = topic('late', { key: text, value: json<string>() })
const [isA, isB] = [letters('a'), letters('b')]

type Words = Readonly<Record<string, readonly string[]>>
const joined = (matches: Words): string => Object.values(matches).flat().join(' ')

const pairs = begin('a', isA).followedBy('b', isB)
const alone = begin('a', isA).notFollowedBy('b', isB)

function open(
  sequence: typeof pairs | typeof alone,
  options: Partial<PatternOptions<string, string, Words, string>> & { readonly outOfOrderness?: number } = {},
): Bench {
  const { outOfOrderness = 0, ...rest } = options
  const found = from(topic('in', { key: text, value: json<string>() })).pattern('found', sequence, {
    within: { milliseconds: 10 },
    select: joined,
    ...rest,
  })
  const late = found.late.map(({ value, time, operatorTime, operator, reason, window }) => {
    return `${value}@${time} ${operator} ${reason} ${operatorTime} ${window}`
  })
  const flow = bench(topology('app', found.to(output), late.to(lateOutput)))
  flow.context.outOfOrderness = outOfOrderness
  return flow
}

function rowsIn(flow: Bench): Record<string, number> {
  return Object.fromEntries([...flow.stores].map(([name, { size }]) => [name, size]))
}

describe('time', () => {
  test('a record at T is shown at once: nothing older can come', () => {
    const flow = open(pairs)
    flow.put('k', 'a', 1)
    flow.put('k', 'b', 2)
    expect(flow.said()).toEqual(['k=a b@2'])
  })

  test('records wait until T has come to them and are shown in event-time order', () => {
    const flow = open(pairs, { outOfOrderness: 5 })
    flow.put('k', 'b1', 4)
    flow.put('k', 'a', 2)
    flow.put('k', 'b2', 6)
    expect(flow.said()).toEqual([])
    flow.put('k', 'c', 9)
    expect(flow.said()).toEqual(['k=a b1@4'])
  })

  test('of one time the first to come is the first to be shown, also when T is there already', () => {
    const flow = open(pairs, { outOfOrderness: 5 })
    for (const word of ['a1', 'b1', 'a2', 'b2']) flow.put('k', word, 7)
    flow.context.outOfOrderness = 0
    flow.put('k', 'b3', 7)
    flow.put('k', 'b4', 7)
    expect(flow.said()).toEqual(['k=a1 b1@7', 'k=a2 b2@7'])
  })

  test('keys do not meet; what time passes comes out by time, then by key', () => {
    const flow = open(pairs, { outOfOrderness: 50 })
    flow.put('y', 'a', 1)
    flow.put('x', 'a', 2)
    flow.put('y', 'b', 4)
    flow.put('x', 'b', 4)
    flow.put('x', 'a2', 5)
    flow.put('z', 'b', 5)
    flow.put('x', 'b2', 6)
    flow.task.advance(100)
    expect(flow.said()).toEqual(['x=a b@4', 'y=a b@4', 'x=a2 b2@6'])
  })

  test('a mark shows what it has come to, and T of a null value counts', () => {
    const flow = open(pairs, { outOfOrderness: 5 })
    flow.put('k', 'a', 1)
    flow.put('k', 'b', 2)
    flow.task.advance(1)
    expect(flow.said()).toEqual([])
    flow.put('k', null, 7)
    expect(flow.said()).toEqual(['k=a b@2'])
    expect(flow.counters.filtered).toBe(1)
  })

  test('the time of a match is that of its last record, and moves no one behind', () => {
    const flow = open(alone, { outOfOrderness: 0 })
    flow.put('k', 'a', 1)
    flow.put('k', 'c', 10)
    expect(flow.said()).toEqual([])
    flow.put('k', 'c', 11)
    expect(flow.said()).toEqual(['k=a@1'])
  })

  test('a match that is over comes out before records of the time it is over', () => {
    const flow = open(alone, { outOfOrderness: 50 })
    flow.put('k', 'a1', 1)
    flow.put('k', 'b', 11)
    flow.put('k', 'a2', 12)
    flow.put('j', 'a', 2)
    flow.task.advance(30)
    expect(flow.said()).toEqual(['k=a1@1', 'j=a@2', 'k=a2@12'])
  })

  test('marks are held back by `within` only where a match waits for time', () => {
    const holds = (flow: Bench): number => {
      flow.task.advance(100)
      return [...flow.task.sinkMarks.values()][0]!
    }
    const behind = (sequence: typeof pairs | typeof alone): Bench => {
      const found = from(topic('in', { key: text, value: json<string>() })).pattern('found', sequence, {
        within: { milliseconds: 10 },
        select: joined,
      })
      return bench(
        topology(
          'app',
          found
            .keyBy('again', (value) => value)
            .count('counts')
            .to(topic('n', { key: text, value: json<number>() })),
        ),
      )
    }
    expect([holds(behind(pairs)), holds(behind(alone))]).toEqual([100, 90])
  })

  test('the end of a bounded run shows and ends everything, and is not remembered', () => {
    const flow = open(alone, { outOfOrderness: 50 })
    flow.put('k', 'a1', 60)
    flow.put('k', 'a2', 61)
    flow.task.advance(Number.POSITIVE_INFINITY)
    expect(flow.said()).toEqual(['k=a1@60', 'k=a2@61'])
    expect(rowsIn(flow)).toEqual({ 'found.records': 0, 'found.partial': 0 })
    expect(flow.task.saveTimes().found).toEqual({ time: 11, closed: 61 })
    flow.put('k', 'b', 60)
    expect(flow.counters.late).toBe(1)
  })
})

test('a late record goes to the late output', () => {
  const flow = open(pairs)
  flow.put('k', 'a', 5)
  flow.put('k', 'b', 4)
  expect(flow.said()).toEqual(['k=b@4 found too-late 5 null@4'])
  expect(flow.counters.late).toBe(1)
})

describe('state', () => {
  test('holds what matches under way have taken, and nothing else', () => {
    const flow = open(pairs)
    flow.put('k', 'c', 1)
    expect(rowsIn(flow)).toEqual({ 'found.records': 0, 'found.partial': 0 })
    flow.put('k', 'a', 2)
    flow.put('k', 'c', 3)
    expect(rowsIn(flow)).toEqual({ 'found.records': 1, 'found.partial': 1 })
    flow.put('k', 'b', 4)
    expect(rowsIn(flow)).toEqual({ 'found.records': 0, 'found.partial': 0 })
  })

  test('is gone when `within` has passed, whatever the key of the record that moves time', () => {
    const flow = open(pairs)
    flow.put('k', 'a', 2)
    flow.put('j', 'c', 11)
    expect(rowsIn(flow)['found.partial']).toBe(1)
    flow.put('j', 'c', 12)
    expect(rowsIn(flow)).toEqual({ 'found.records': 0, 'found.partial': 0 })
  })

  test('stays bounded on an endless stream', () => {
    const flow = open(pairs)
    const sizes = new Set<number>()
    for (let time = 0; time < 500; time++) {
      flow.put('k', 'a', time)
      sizes.add(rowsIn(flow)['found.partial']!)
    }
    expect(Math.max(...sizes)).toBe(10)
  })

  test('is not written again where a record changes nothing', () => {
    const flow = open(pairs)
    const written: string[] = []
    const commit = (): void => {
      for (const store of flow.stores.values()) {
        store.flush((_key, _value, time) => written.push(`${store.name}@${time}`))
        store.commit()
      }
    }
    flow.put('k', 'a', 2)
    flow.put('k', 'c', 3)
    commit()
    expect(written.splice(0)).toEqual(['found.records@2', 'found.partial@2'])
    flow.put('k', 'c', 4)
    commit()
    expect(written).toEqual([])
  })
})

describe('failures', () => {
  test('a null key is a reject', () => {
    const flow = open(pairs)
    expect(() => flow.put(null, 'a', 1)).toThrow('The key is null')
  })

  test('a record in hand whose predicate throws leaves nothing', () => {
    const picky = begin('a', (word: string) => {
      if (word === 'bad') throw new Error('no')
      return isA(word)
    }).followedBy('b', isB)
    const flow = open(picky)
    flow.put('k', 'a', 1)
    const before = rowsIn(flow)
    expect(() => flow.put('k', 'bad', 2)).toThrow('no')
    flow.undo.undoTo(0)
    expect(rowsIn(flow)).toEqual(before)
    flow.put('k', 'b', 3)
    expect(flow.said()).toEqual(['k=a b@3'])
  })

  test('one that has waited stands for itself', () => {
    const picky = begin('a', (word: string) => {
      if (word === 'bad') throw new Error('no')
      return isA(word)
    }).followedBy('b', isB)
    const flow = open(picky, { outOfOrderness: 5 })
    flow.put('k', 'a', 1)
    flow.put('k', 'bad', 2)
    flow.put('k', 'b', 3)
    flow.put('k', 'c', 20)
    expect(flow.said()).toEqual(['k=a b@3'])
    expect(flow.failedRows).toMatchObject([{ key: 'k', value: 'bad', time: 2 }])
    expect(rowsIn(flow)['found.partial']).toBe(0)
  })

  test('a match that time ends and nobody takes stands as its last record; the others come out', () => {
    const flow = open(alone, {
      select: ({ a }) => {
        if (a![0] === 'a1') throw new Error('no')
        return a![0]!
      },
    })
    flow.put('k', 'a1', 1)
    flow.put('k', 'a2', 2)
    flow.put('k', 'c', 30)
    expect(flow.said()).toEqual(['k=a2@2'])
    expect(flow.failedRows).toMatchObject([{ key: 'k', value: 'a1', time: 1 }])
  })
})
