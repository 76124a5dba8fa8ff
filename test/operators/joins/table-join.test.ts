/** `semantics.md` 3.6, table-table: results, tombstones, times. */
import { describe, expect, test } from 'vitest'
import { from, skip, topology } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive } from '../../../src/testing/drive.ts'
import type { Topology } from '../../../src/topology/topology.ts'
import { bench } from '../bench.ts'
import { leftTable, output, pair, play, put, rightTable, said } from './script.ts'

type Kind = 'inner' | 'left' | 'right' | 'outer'
const kinds: readonly Kind[] = ['inner', 'left', 'right', 'outer']

function joinOf(kind: Kind) {
  const [one, other] = [from(leftTable), from(rightTable)]
  const made = {
    inner: () => one.join(other, pair),
    left: () => one.leftJoin(other, pair),
    right: () => one.rightJoin(other, pair),
    outer: () => one.outerJoin(other, pair),
  }
  return made[kind]()
}

const joined = (kind: Kind): Topology => topology('app', joinOf(kind).to(output))

describe('each change', () => {
  const lines = ['L a@1', 'R b@2', 'L c@3', 'R d@5', 'L e@4', 'R ∅@6', 'L f@7', 'L ∅@8', 'R g@9', 'R ∅@10']

  test.each<[Kind, string]>([
    ['inner', '|k=ab@2|k=cb@3|k=cd@5|k=ed@5|k=∅@6||||'],
    ['left', 'k=a-@1|k=ab@2|k=cb@3|k=cd@5|k=ed@5|k=e-@6|k=f-@7|k=∅@8||'],
    ['right', '|k=ab@2|k=cb@3|k=cd@5|k=ed@5|k=∅@6|||k=-g@9|k=∅@10'],
    ['outer', 'k=a-@1|k=ab@2|k=cb@3|k=cd@5|k=ed@5|k=e-@6|k=f-@7|k=∅@8|k=-g@9|k=∅@10'],
  ])('%s', (kind, expected) => {
    expect(play(joined(kind), lines)).toEqual(expected.split('|'))
  })
})

describe('a tombstone', () => {
  test.each<[Kind, string, string]>([
    ['inner', 'L ∅@1', ''],
    ['inner', 'R ∅@1', ''],
    ['left', 'R ∅@1', ''],
    ['right', 'L ∅@1', ''],
    ['left', 'L ∅@1', ''],
    ['right', 'R ∅@1', ''],
    ['outer', 'L ∅@1', ''],
    ['outer', 'R ∅@1', ''],
  ])('%s: %s without any row gives none', (kind, line, expected) => {
    expect(play(joined(kind), [line])).toEqual([expected])
  })

  test.each<[Kind, string]>([
    ['left', 'L'],
    ['right', 'R'],
    ['outer', 'L'],
    ['outer', 'R'],
  ])('%s: deleting a row of %s that stood alone gives one', (kind, side) => {
    expect(play(joined(kind), [`${side} a@1`, `${side} ∅@2`])[1]).toBe('k=∅@2')
  })

  test.each<[Kind, string, string]>([
    ['inner', 'L a@5', 'R b@3'],
    ['outer', 'R a@5', 'L b@3'],
  ])('%s: the result has the later of both times (%s, %s)', (kind, first, second) => {
    expect(play(joined(kind), [first, second])[1]).toBe(kind === 'inner' ? 'k=ab@5' : 'k=ba@5')
  })
})

describe('the table that a join is', () => {
  test('can be joined again, changes from all sides', () => {
    const chain = joinOf('left').join(
      from(rightTable).map((value) => value.toUpperCase()),
      (one, other) => `${one}+${other}`,
    )
    expect(
      play(topology('app', chain.to(output)), ['L a@1', 'R b@2', 'L c@3', 'R ∅@4']).map((line) =>
        line.split(' ').at(-1),
      ),
    ).toEqual(['', 'k=ab+B@2', 'k=cb+B@3', 'k=∅@4'])
  })

  test('keeps no rows of its own', () => {
    expect([...bench(joined('outer')).stores.keys()]).toEqual(['left', 'right'])
  })

  test('with itself', () => {
    const rows = from(leftTable)
    expect(
      play(topology('app', rows.join(rows, pair).to(output)), ['L a@1', 'L ∅@2']).map((line) => line.split(' ').at(-1)),
    ).toEqual(['k=aa@1', 'k=∅@2'])
  })
})

describe('seeds: what is left is the join of what is left', () => {
  const planOf = (random: Random) => ({
    kind: kinds[randomInteger(random, 0, 3)]!,
    order: randomInteger(random, 0, 1) === 0 ? ('event-time' as const) : ('arrival' as const),
    steps: Array.from({ length: randomInteger(random, 4, 40) }, (_, index) => ({
      side: randomInteger(random, 0, 1) === 0 ? ('L' as const) : ('R' as const),
      key: 'abc'.charAt(randomInteger(random, 0, 2)),
      value: randomInteger(random, 0, 3) === 0 ? null : String(index),
      time: Math.max(0, index + randomInteger(random, -4, 4)),
      restart: randomInteger(random, 0, 4) === 0,
    })),
  })

  test.each(Array.from({ length: 100 }, (_, seed) => seed))('%i', (seed) => {
    const { kind, order, steps } = planOf(seededRandom(seed))
    const [one, other] = [from(leftTable, { order }), from(rightTable, { order })]
    const failing = (left: string | undefined, right: string | undefined): string => {
      if (left !== undefined && right !== undefined && (Number(left) + Number(right)) % 9 === 0)
        throw new Error('no pair')
      return pair(left, right)
    }
    const options = { onFailure: [skip()] }
    const made = {
      inner: () => one.join(other, failing, options),
      left: () => one.leftJoin(other, failing, options),
      right: () => one.rightJoin(other, failing, options),
      outer: () => one.outerJoin(other, failing, options),
    }[kind]()
    const flow = drive(topology('app', made.to(output)), { now: 0 })
    const rows = { L: new Map<string, Row>(), R: new Map<string, Row>() }
    const results = new Map<string, string>()
    for (const each of steps) {
      put(flow, each)
      if (each.restart) flow.restart()
      for (const line of said(flow)) results.set(line.split('=')[0]!, line)
      const before = rows[each.side].get(each.key)
      if (order === 'event-time' && before !== undefined && each.time < before.time) continue
      const of = (side: 'L' | 'R'): Row | undefined => (side === each.side ? each : rows[side].get(each.key))
      const expected = expectedOf(kind, of('L'), of('R'), failing)
      if (expected === 'rejected') continue
      rows[each.side].set(each.key, each)
      const result = results.get(each.key)?.replace(/@.*/, '') ?? `${each.key}=∅`
      expect([each, result]).toEqual([each, `${each.key}=${expected ?? '∅'}`])
    }
  })
})

interface Row {
  readonly value: string | null
  readonly time: number
}

function expectedOf(
  kind: Kind,
  one: Row | undefined,
  other: Row | undefined,
  joiner: (left: string | undefined, right: string | undefined) => string,
): string | null | 'rejected' {
  const [left, right] = [one?.value ?? undefined, other?.value ?? undefined]
  const needed = { inner: [left, right], left: [left], right: [right], outer: [left ?? right] }[kind]
  if (needed.includes(undefined)) return null
  try {
    return joiner(left, right)
  } catch {
    return 'rejected'
  }
}
