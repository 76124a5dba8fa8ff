/** `semantics.md` 3.5, 3.8 and C3, row by row. */
import { describe, expect, test } from 'vitest'
import { deadLetter, findFault, from, topology } from '../../../src/index.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'
import type { Topology } from '../../../src/topology/topology.ts'
import { bench } from '../bench.ts'
import { late, left, output, pair, play, put, right, said, step } from './script.ts'

const ms = (milliseconds: number) => ({ milliseconds })
type Kind = 'inner' | 'left' | 'right' | 'outer'
interface Bounds {
  readonly before: number
  readonly after: number
  readonly grace?: number
}

function joined(kind: Kind, { before, after, grace = 0 }: Bounds, mode: 'final' | 'updates' = 'final'): Topology {
  const [lefts, rights] = [from(left), from(right)]
  const options = { before: ms(before), after: ms(after), grace: ms(grace) }
  const results =
    kind === 'inner'
      ? lefts.join('pairs', rights, (one, other) => pair(one, other), options)
      : outerOf(kind, mode, options)
  return topology('app', results.to(output), results.late.map(({ value, reason }) => `${value} ${reason}`).to(late))
}

function outerOf(kind: Exclude<Kind, 'inner'>, mode: 'final' | 'updates', options: object) {
  const bounds = options as { before: { milliseconds: number }; after: { milliseconds: number } }
  const [lefts, rights] = [from(left), from(right)]
  const results =
    kind === 'left'
      ? lefts.leftJoin('pairs', rights, (one, other) => pair(one, other), bounds)
      : kind === 'right'
        ? lefts.rightJoin('pairs', rights, (one, other) => pair(one, other), bounds)
        : lefts.outerJoin('pairs', rights, (one, other) => pair(one, other), bounds)
  return mode === 'final' ? results : results.updates()
}

/** Each row: what is put, what comes out. */
function check(made: Topology, rows: readonly (readonly [string, string])[]): void {
  const lines = rows.map(([line]) => line)
  expect(lines.map((line, index) => [line, play(made, lines)[index]])).toEqual(rows)
}

describe('C3: inner, 100 ms before and after', () => {
  const within = { before: 100, after: 100 }

  test('the script', () => {
    check(joined('inner', within), [
      ['L k0=A0@0', ''],
      ['L k1=A1@0', ''],
      ['R k0=a0@0', 'k0=A0a0@0'],
      ['R k1=a1@0', 'k1=A1a1@0'],
      ['L k0=B0@1000', ''],
      ['L k1=B1@1001', ''],
      ['L k2=B2@1002', ''],
      ['L k3=B3@1003', ''],
      ['R k0=b0@1100', 'k0=B0b0@1100'],
      ['R k1=b1@1100', 'k1=B1b1@1100'],
      ['R k2=b2@1100', 'k2=B2b2@1100'],
      ['R k3=b3@1100', 'k3=B3b3@1100'],
      ['R k0=c0@1101', ''],
      ['R k1=c1@1101', 'k1=B1c1@1101'],
      ['R k2=c2@1101', 'k2=B2c2@1101'],
      ['R k3=c3@1101', 'k3=B3c3@1101'],
      ['R k1=d1@1102', ''],
      ['R k2=d2@1102', 'k2=B2d2@1102'],
      ['R k3=d3@1102', 'k3=B3d3@1102'],
      ['R k2=e2@1103', ''],
      ['R k3=e3@1103', 'k3=B3e3@1103'],
      ['R k3=f3@1104', ''],
    ])
  })

  test('rows of one time meet in the order they came', () => {
    check(joined('inner', within), [
      ['L A0@0', ''],
      ['L B0@0', ''],
      ['R b0@0', 'k=A0b0@0 k=B0b0@0'],
    ])
  })
})

describe('bounds', () => {
  test.each([
    ['R r@9', ''],
    ['R r@10', 'k=Lr@20'],
    ['R r@20', 'k=Lr@20'],
    ['R r@25', 'k=Lr@25'],
    ['R r@26', ''],
  ])('of left 10 before and 5 after are inclusive: %s gives "%s"', (line, expected) => {
    expect(play(joined('inner', { before: 10, after: 5, grace: 100 }), ['L L@20', line])[1]).toBe(expected)
  })

  test('rows meet in ascending time, whatever the order in which they came', () => {
    check(joined('inner', { before: 10, after: 10, grace: 100 }), [
      ['L c@8', ''],
      ['L a@3', ''],
      ['L b@5', ''],
      ['R r@6', 'k=ar@6 k=br@6 k=cr@8'],
    ])
  })

  test('only rows of one key meet, also where one key begins like another', () => {
    check(joined('inner', { before: 10, after: 10 }), [
      ['L ka=x@1', ''],
      ['L kaa=y@1', ''],
      ['R ka=r@1', 'ka=xr@1'],
    ])
  })
})

describe('an open row', () => {
  test.each([
    // reach of left is `after`, 5: open while 20 + 5 + 3 >= T
    ['L L@20', 'R T@28', 'R r@25', 'k=Lr@25'],
    ['L L@20', 'R T@29', 'R r@25', ''],
    // reach of right is `before`, 10
    ['R r@20', 'L T@33', 'L L@25', 'k=Lr@25'],
    ['R r@20', 'L T@34', 'L L@25', ''],
  ])('%s, %s, %s: "%s"', (first, mover, second, expected) => {
    const moved = mover.replace(' ', ' other=')
    expect(play(joined('inner', { before: 10, after: 5, grace: 3 }), [first, moved, second])[2]).toBe(expected)
  })

  test('a row that arrives when it is closed is late: refused, counted, and told with its reason', () => {
    const flow = drive(joined('inner', { before: 10, after: 5, grace: 3 }), { now: 0 })
    for (const line of ['R r@100', 'L z@92', 'L x@91']) put(flow, step(line))
    expect(said(flow)).toEqual([])
    expect(flow.take(late)).toMatchObject([{ key: 'k', value: 'x too-late', time: 91 }])
    expect(flow.counters.late).toBe(1)
  })

  test('leaves the store when it is closed', () => {
    const flow = bench(joined('inner', { before: 1, after: 1 }))
    for (const time of [0, 0, 50, 51]) flow.put('k', 'v', time, time)
    expect(flow.stores.get('pairs.left')!.size).toBe(2)
    flow.task.advance(53)
    expect(flow.stores.get('pairs.left')!.size).toBe(0)
  })
})

describe('unmatched rows, final', () => {
  const bounds = { before: 10, after: 5, grace: 3 }

  test.each<[Kind, string, string]>([
    ['left', 'L a@20', 'k=a-@20'],
    ['left', 'R a@20', ''],
    ['right', 'L a@20', ''],
    ['right', 'R a@20', 'k=-a@20'],
    ['outer', 'L a@20', 'k=a-@20'],
    ['outer', 'R a@20', 'k=-a@20'],
    ['inner', 'L a@20', ''],
  ])('%s: %s gives "%s", once', (kind, line, expected) => {
    expect(play(joined(kind, bounds), [line, 'L other=x@100', 'L other=y@200']).slice(1)).toEqual([
      expected,
      kind === 'left' || kind === 'outer' ? 'other=x-@100' : '',
    ])
  })

  test.each([
    ['L a@20', 28, ''],
    ['L a@20', 29, 'k=a-@20'],
    ['R a@20', 33, ''],
    ['R a@20', 34, 'k=-a@20'],
  ])('%s comes out when T is at %i: "%s"', (line, time, expected) => {
    expect(play(joined('outer', bounds), [line, `L other=t@${time}`])[1]).toBe(expected)
  })

  test('never for a row that found a partner, whichever came first', () => {
    check(joined('outer', bounds), [
      ['L a@20', ''],
      ['R b@21', 'k=ab@21'],
      ['R c@22', 'k=ac@22'],
      ['L d@14', ''],
      ['L e@17', 'k=eb@21 k=ec@22'],
      ['end', 'k=d-@14'],
    ])
  })

  test('come out by (time, right before left, key bytes), before the pairs of the record that moved T', () => {
    expect(
      play(joined('outer', { before: 5, after: 5, grace: 50 }), [
        'L b=1@3',
        'R b=2@30',
        'L a=3@3',
        'R c=4@3',
        'R ab=5@3',
        'L q=6@59',
        'R q=7@64',
      ]).slice(5),
    ).toEqual(['ab=-5@3 c=-4@3 a=3-@3 b=1-@3', 'q=67@64'])
  })

  test('the end of a bounded run closes all of them; what it closed stays closed', () => {
    expect(play(joined('outer', bounds), ['L a@20', 'R b@90', 'end', 'R c@22', 'L d@200', 'end'])).toEqual([
      '',
      'k=a-@20',
      'k=-b@90',
      '',
      '',
      'k=d-@200',
    ])
  })

  test('what it closed says nothing about rows behind it, however long either side lives', () => {
    const made = joined('outer', { before: 1000, after: 5 })
    expect(play(made, ['R a@100', 'end', 'L b@101', 'L c@100', 'L d@99', 'end'])).toEqual([
      '',
      'k=-a@100',
      '',
      '',
      '',
      'k=b-@101',
    ])
  })
})

describe('updates', () => {
  const bounds = { before: 10, after: 5, grace: 30 }

  test('a row that arrives unmatched behind its reach is out at once, and once; a true pair may follow', () => {
    check(joined('left', bounds, 'updates'), [
      ['L other=x@100', ''],
      ['L a@95', ''],
      ['L b@94', 'k=b-@94'],
      ['R c@96', 'k=bc@96 k=ac@96'],
      ['L other=y@500', 'other=x-@100'],
    ])
  })

  test('in final mode it waits for its grace', () => {
    expect(play(joined('left', bounds), ['L other=x@100', 'L b@94', 'R c@96'])).toEqual(['', '', 'k=bc@96'])
  })
})

describe('time', () => {
  test('is shared by both sides: a right record closes left rows', () => {
    expect(play(joined('left', { before: 0, after: 0 }), ['L a@1', 'R b@2'])).toEqual(['', 'k=a-@1'])
  })

  test('moves with a record that is skipped', () => {
    expect(play(joined('left', { before: 0, after: 0 }), ['L a@1', 'R other=x@2'])).toEqual(['', 'k=a-@1'])
  })

  test('rises with a record by no more than the most disorderly input allows', () => {
    const rights = from(right, { outOfOrderness: ms(20) })
    const results = from(left).leftJoin('pairs', rights, (one, other) => pair(one, other), { within: ms(0) })
    const flow = bench(topology('app', results.to(output)))
    const put = (source: number, value: string, time: number): string => {
      Object.assign(flow.context, { raisesTime: true, outOfOrderness: source === 0 ? 0 : 20 })
      flow.task.receive(source, 'k', value, time)
      return flow.said().join(' ')
    }
    expect(put(0, 'a', 1)).toBe('')
    expect(put(0, 'b', 21)).toBe('')
    expect(put(1, 'c', 1)).toBe('k=ac@1')
    expect(put(0, 'd', 42)).toBe('k=b-@21')
  })

  test('behind a repartition topic moves by marks only, also for the other input', () => {
    const rights = from(right).keyBy('by-key', (_value, { key }) => key)
    const results = from(left).leftJoin('pairs', rights, (one, other) => pair(one, other), { within: ms(0) })
    const flow = drive(topology('app', results.to(output), results.late.map(({ value }) => value).to(late)), { now: 0 })
    for (const line of ['L a@1', 'L b@50', 'L c@2']) put(flow, step(line))
    expect(said(flow)).toEqual([])
    expect(flow.counters.late).toBe(0)
    put(flow, step('R d@50'))
    expect(said(flow)).toEqual(['k=bd@50', 'k=a-@1', 'k=c-@2'])
  })

  test('a restart forgets nothing: rows, which of them have spoken, and what is late', () => {
    const plain = ['L a@20', 'R b@21', 'L c@22', 'R x=d@60', 'L e@22', 'end']
    const restarted = plain.flatMap((line) => [line, 'restart'])
    const made = joined('outer', { before: 10, after: 5, grace: 3 })
    expect(play(made, restarted).filter((_, index) => index % 2 === 0)).toEqual(play(made, plain))
  })
})

describe('nulls (3.8)', () => {
  const nothing = { before: 0, after: 0 }
  const receive = (kind: Kind, source: number, key: string | null, value: string | null): string => {
    const flow = bench(joined(kind, nothing))
    Object.assign(flow.context, { raisesTime: true })
    try {
      flow.task.receive(source, key, value, 5)
    } catch (error) {
      return String(findFault(error)?.code)
    }
    return flow.counters.filtered > 0 ? 'filtered' : flow.said().join(' ')
  }

  test.each<[Kind, number, string]>([
    ['inner', 0, 'MR3004'],
    ['inner', 1, 'MR3004'],
    ['left', 0, 'null=x-@5'],
    ['left', 1, 'MR3004'],
    ['right', 0, 'MR3004'],
    ['right', 1, 'null=-x@5'],
    ['outer', 0, 'null=x-@5'],
    ['outer', 1, 'null=-x@5'],
  ])('a null key in an %s join, input %i: %s', (kind, source, expected) => {
    expect(receive(kind, source, null, 'x')).toBe(expected)
  })

  test.each<Kind>(['inner', 'left', 'right', 'outer'])('a null value is filtered: %s', (kind) => {
    expect([receive(kind, 0, 'k', null), receive(kind, 1, 'k', null)]).toEqual(['filtered', 'filtered'])
  })

  test('what is skipped moves time all the same', () => {
    const flow = bench(joined('left', nothing))
    flow.put('k', 'a', 1)
    flow.put('k', null, 9)
    expect(flow.said()).toEqual(['k=a-@1'])
  })
})

describe('failure', () => {
  test('a joiner that throws rejects the record: nothing of it stays, time does', () => {
    const results = from(left).leftJoin(
      'pairs',
      from(right),
      (one, other) => {
        if (other === 'bad') throw new Error('bad')
        return pair(one, other)
      },
      { within: ms(10), onFailure: [deadLetter('failed')] },
    )
    const flow = drive(topology('app', results.to(output)), { now: 0 })
    for (const line of ['L a@1', 'L b@2', 'R bad@3', 'R good@4']) put(flow, step(line))
    expect(said(flow)).toEqual(['k=agood@4', 'k=bgood@4'])
    expect(flow.deadLetters('failed')).toHaveLength(1)
    flow.end()
    expect(said(flow)).toEqual([])
  })

  test('a row that is alone and fails becomes a dead letter of its own; the others come out', () => {
    const results = from(left).leftJoin(
      'pairs',
      from(right),
      (one, other) => {
        if (one === 'bad') throw new Error('bad')
        return pair(one, other)
      },
      { within: ms(10), onFailure: [deadLetter('failed')] },
    )
    const flow: Flow = drive(topology('app', results.to(output)), { now: 0 })
    for (const line of ['L a@1', 'L bad@2', 'L c@3']) put(flow, step(line))
    flow.end()
    expect(said(flow)).toEqual(['k=a-@1', 'k=c-@3'])
    expect(flow.deadLetters('failed')).toMatchObject([{ key: Buffer.from('k'), value: Buffer.from('"bad"') }])
  })
})
