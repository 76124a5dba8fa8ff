/** Time behind a foreign-key join: its topics make a circle of sub-topologies, in which nobody may wait for himself. */
import { describe, expect, test } from 'vitest'
import { cogroup, from, nullable, number, type Table, text, topic, topology, tumbling } from '../../../src/index.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'
import type { Topology } from '../../../src/topology/topology.ts'
import { leftTable, put, rightTable, step } from './script.ts'

const counts = topic('counts', { key: text, value: number })
const size = { milliseconds: 10 }

type Texts = Table<string, string, null>

const counted = (table: Texts, name = 'counts') => table.toStream().window(tumbling(size)).count(name).to(counts)

const follow = (name: string, left: Texts, right: Texts, foreignKey = (value: string): string => value.slice(0, 1)) =>
  left.foreignKeyJoin(name, right, foreignKey, (value, row) => `${value}${row}`)

const joined = (): Texts => follow('by-fk', from(leftTable), from(rightTable))

const counting = (): Topology => topology('app', counted(joined()))

function said(flow: Flow): string[] {
  return flow.take(counts).map(({ key, value, time }) => `${key}=${value}@${time}`)
}

/** What came out of the windows in the end, in the order of time and key. */
function played(built: Topology, lines: readonly string[], partitions = 1): string[] {
  const flow = drive(built, { now: 0, partitions })
  for (const line of lines) put(flow, step(line))
  expect(flow.counters).toMatchObject({ late: 0 })
  return said(flow).sort()
}

describe('windows behind it', () => {
  test('close when time has passed them', () => {
    const flow = drive(counting(), { now: 0 })
    for (const line of ['R x=1@1', 'L a=x@2', 'L b=x@20', 'R x=2@21']) put(flow, step(line))
    expect(flow.take(counts)).toMatchObject([{ key: 'a', value: 1, time: 2 }])
  })

  test('close at the end of a bounded run', () => {
    const flow = drive(counting(), { now: 0 })
    for (const line of ['R x=1@1', 'L a=x@2']) put(flow, step(line))
    flow.end()
    expect(flow.take(counts)).toMatchObject([{ key: 'a', value: 1, time: 2 }])
  })

  test('go on in the run after a bounded one, where what was closed stays closed', () => {
    const flow = drive(counting(), { now: 0 })
    for (const line of ['R x=1@1', 'L a=x@2']) put(flow, step(line))
    flow.end()
    expect(said(flow)).toEqual(['a=1@2'])
    for (const line of ['L a=x@3', 'L b=x@12', 'L c=x@30', 'R y=1@30']) put(flow, step(line))
    expect(said(flow)).toEqual(['b=1@12'])
    expect(flow.counters.late).toBe(1)
  })

  test('wait for the side that is behind, whichever it is', () => {
    const flow = drive(counting(), { now: 0 })
    for (const line of ['R x=1@1', 'L a=x@2', 'L b=x@90']) put(flow, step(line))
    expect(said(flow)).toEqual([])
    // What the right side makes come out now has its own time, long past for the left side.
    put(flow, step('R x=2@3'))
    put(flow, step('R x=3@50'))
    expect(said(flow)).toEqual(['a=2@3', 'b=1@3'])
    expect(flow.counters.late).toBe(0)
  })

  test('wait for a left side that is behind', () => {
    const flow = drive(counting(), { now: 0 })
    for (const line of ['R x=1@1', 'R y=1@90', 'L a=x@2', 'L b=x@3']) put(flow, step(line))
    expect(said(flow)).toEqual([])
    put(flow, step('L c=y@40'))
    expect(said(flow)).toEqual(['a=1@2', 'b=1@3'])
    expect(flow.counters.late).toBe(0)
  })

  test('with disorder on one side nothing within it is late', () => {
    const left = from(topic('left', { key: text, value: text }), { outOfOrderness: { milliseconds: 20 } }).toTable(
      'left-rows',
    )
    const built = topology('app', counted(follow('by-fk', left, from(rightTable))))
    const lines = ['R x=1@1', 'L a=x@25', 'R y=1@70', 'L b=x@6', 'L c=x@50', 'L d=y@35', 'L e=x@90', 'R x=2@90']
    expect(played(built, lines)).toEqual(['a=1@25', 'b=1@6', 'c=1@50'])
  })
})

describe('windows beside it', () => {
  const beside = topic('beside', { key: text, value: nullable(text) })

  test.each([
    ['left', leftTable, ['R x=1@1', 'L a=x@2', 'L b=x@20'], ['a=1@2']],
    ['right', rightTable, ['L a=x@1', 'R x=1@2', 'R y=1@20'], ['x=1@2']],
  ])('over the %s table alone wait for it alone', (_side, alone, lines, expected) => {
    const built = topology('app', counted(from(alone)), joined().toStream().to(beside))
    expect(played(built, lines)).toEqual(expected)
  })

  test('that the left table flows into as well wait for the circle', () => {
    const rows = from(leftTable)
    const both = cogroup('counts', { as: number, start: () => 0 })
      .add(rows.toStream(), (sum) => sum + 1)
      .add(follow('by-fk', rows, from(rightTable)).toStream(), (sum) => sum + 100)
      .window(tumbling(size))
    const flow = drive(topology('app', both.to(counts)), { now: 0 })
    for (const line of ['R x=1@1', 'L a=x@2', 'L b=x@90', 'R x=2@3', 'R y=1@90']) put(flow, step(line))
    expect(said(flow)).toEqual(['a=201@3', 'b=100@3'])
    expect(flow.counters.late).toBe(0)
  })
})

describe('several rounds', () => {
  const people = ['L a=b1@1', 'L b=a1@2', 'L c=a2@15', 'L a=b2@40']

  test('a table that follows itself', () => {
    const rows = from(leftTable)
    const built = topology('app', counted(follow('boss', rows, rows)))
    // a found b when b came, b found a at once, c found a.
    expect(played(built, people)).toEqual(['a=1@2', 'b=1@2', 'c=1@15'])
  })

  test('a join that follows the table again', () => {
    const rows = from(leftTable)
    const bosses = follow('boss', rows, rows)
    const built = topology('app', counted(follow('boss-of-boss', bosses, rows, (value) => value.slice(2, 3))))
    expect(played(built, people)).toEqual(['a=1@2', 'b=1@2', 'c=1@15'])
  })

  test('two tables that follow each other', () => {
    const [left, right] = [from(leftTable), from(rightTable)]
    const [there, back] = [follow('there', left, right), follow('back', right, left)]
    const built = topology('app', counted(there, 'of-there'), counted(back, 'of-back'))
    const lines = ['L a=x@1', 'R x=a@2', 'L b=x@30', 'R y=b@31']
    expect(played(built, lines)).toEqual(['a=1@2', 'x=1@2'])
  })

  test('a stream that meets itself by another key', () => {
    const rows = from(topic('left', { key: text, value: text }))
    const byValue = rows.keyBy('by-value', (value) => value)
    const pairs = rows.join('pairs', byValue, (one, other) => `${one}${other}`, { within: size })
    const built = topology('app', pairs.window(tumbling(size)).count('counts').to(counts))
    expect(played(built, ['L a=b@1', 'L b=c@2', 'L z=z@60'])).toEqual(['b=1@2'])
  })

  test.each([1, 3])('the end of a bounded run goes through all of them, %i partitions', (partitions) => {
    const rows = from(leftTable)
    const bosses = follow('boss', rows, rows)
    const built = topology('app', counted(follow('boss-of-boss', bosses, rows, (value) => value.slice(2, 3))))
    const flow = drive(built, { now: 0, partitions })
    for (const line of people) put(flow, step(line))
    flow.end()
    const [early, last] = [flow.take(counts), flow.take(counts)]
    expect(early.map(({ key, time }) => `${key}@${time}`).sort()).toEqual([
      'a@2',
      'a@40',
      'b@2',
      'b@40',
      'c@15',
      'c@40',
    ])
    expect(last).toEqual([])
    expect(flow.counters.late).toBe(0)
  })
})

describe('whatever happens between', () => {
  const lines = [
    ...['R x=1@1', 'L a=x@2', 'L b=x@20', 'R x=2@21', 'L a=y@33', 'R y=1@34'],
    ...['L c=x@60', 'R x=3@61', 'L d=x@80', 'R z=3@81'],
  ]

  test.each([1, 3])('restarts change nothing, %i partitions', (partitions) => {
    const plain = drive(counting(), { now: 0, partitions })
    const restarted = drive(counting(), { now: 0, partitions })
    const seen = lines.map((line) => {
      for (const flow of [plain, restarted]) put(flow, step(line))
      restarted.restart()
      return [said(plain), said(restarted)]
    })
    expect(seen.map(([, after]) => after)).toEqual(seen.map(([before]) => before))
    for (const flow of [plain, restarted]) flow.end()
    expect(said(restarted)).toEqual(said(plain))
  })

  test('what waits for answers behind it holds the windows behind that', async () => {
    const asked = joined()
      .toStream()
      .mapAsync('ask', async (value) => value)
    const flow = drive(topology('app', asked.window(tumbling(size)).count('counts').to(counts)), { now: 0 })
    for (const line of lines) {
      put(flow, step(line))
      await flow.settle()
    }
    expect(flow.counters.late).toBe(0)
    flow.end()
    await flow.settle()
    expect(said(flow).sort()).toEqual(ended(counting(), lines))
  })

  test('so does what waits before it', async () => {
    const left = from(topic('left', { key: text, value: text }))
      .mapAsync('ask', async (value) => value)
      .toTable('left-rows')
    const flow = drive(topology('app', counted(follow('by-fk', left, from(rightTable)))), { now: 0 })
    for (const line of lines) {
      put(flow, step(line))
      await flow.settle()
    }
    flow.end()
    await flow.settle()
    expect(said(flow).sort()).toEqual(ended(counting(), lines))
    expect(flow.counters.late).toBe(0)
  })

  test('rows held back for the commit are not late behind it', () => {
    const built = topology('app', counted(follow('by-fk', from(leftTable).coalesce(), from(rightTable)).coalesce()))
    expect(ended(built, lines)).toEqual(ended(counting(), lines))
  })
})

function ended(built: Topology, lines: readonly string[]): string[] {
  const flow = drive(built, { now: 0 })
  for (const line of lines) put(flow, step(line))
  flow.end()
  expect(flow.counters).toMatchObject({ late: 0 })
  return said(flow).sort()
}
