/** `semantics.md` 3.6 (stream-table), 3.8 and C4, row by row. */
import { describe, expect, test } from 'vitest'
import { deadLetter, findFault, from, hopping, topology, versionedTable } from '../../../src/index.ts'
import { drive } from '../../../src/testing/drive.ts'
import type { Topology } from '../../../src/topology/topology.ts'
import { bench } from '../bench.ts'
import { left, output, pair, play, put, rightTable, said, step } from './script.ts'

const ms = (milliseconds: number) => ({ milliseconds })
const versions = versionedTable('right', { value: rightTable.value, history: ms(100) })

const beside = (kind: 'inner' | 'left', order: 'event-time' | 'arrival' = 'event-time'): Topology => {
  const rows = from(rightTable, { order })
  const joined =
    kind === 'inner'
      ? from(left).join(rows, (value, row) => `${value}-${row}`)
      : from(left).leftJoin(rows, (value, row) => pair(value, row))
  return topology('app', joined.to(output))
}

const asOf = (kind: 'inner' | 'left', grace?: number): Topology => {
  const [records, rows] = [from(left), from(versions)]
  const waiting = { name: 'waiting', grace: ms(grace ?? 0) }
  if (kind === 'inner' && grace === undefined) return topology('app', records.join(rows, pair).to(output))
  if (kind === 'inner') return topology('app', records.join(rows, pair, waiting).to(output))
  if (grace === undefined) return topology('app', records.leftJoin(rows, pair).to(output))
  return topology('app', records.leftJoin(rows, pair, waiting).to(output))
}

const script =
  'L ∅@1|R ∅@2|L A@3|R a@4|L B@5|R b@6|L ∅@7|R ∅@8|L C@9|R c@10|R ∅@11|L ∅@12|R ∅@13|R d@7|L D@6|L ∅@2|R ∅@3|R e@14|L E@15|L ∅@10|R ∅@9|L F@4|R f@3'.split(
    '|',
  )

describe('C4: inner on script S', () => {
  test.each([
    ['arrival', { 5: 'k=B-a@5', 15: 'k=D-d@6', 19: 'k=E-e@15' }],
    ['event-time', { 5: 'k=B-a@5', 19: 'k=E-e@15', 22: 'k=F-e@4' }],
  ] as const)('order %s', (order, expected) => {
    const out = play(beside('inner', order), script)
    expect(Object.fromEntries(out.flatMap((line, index) => (line === '' ? [] : [[index + 1, line]])))).toEqual(expected)
  })
})

describe('the current row', () => {
  test('a left join says a record without one at once; later rows change nothing', () => {
    expect(play(beside('left'), ['L A@3', 'R a@4', 'L B@5', 'R ∅@6', 'L C@7'])).toEqual([
      'k=A-@3',
      '',
      'k=Ba@5',
      '',
      'k=C-@7',
    ])
  })

  test('the result has the time of the record, and its window', () => {
    const windows = hopping(ms(10), { every: ms(10) })
    const counts = from(left).window(windows).count('counts')
    const joined = counts.join(from(rightTable), (count, row, { window }) => `${count}${row}${window.start.getTime()}`)
    expect(play(topology('app', joined.to(output)), ['R a@1', 'L x@12', 'L y@29'])).toEqual(['', '', 'k=1a10@12'])
  })

  test('of a table that is mapped and filtered', () => {
    const rows = from(rightTable)
      .filter((value) => value !== 'no')
      .map((value) => `${value}!`)
    const joined = from(left).leftJoin(rows, pair)
    expect(play(topology('app', joined.to(output)), ['R a@1', 'L A@2', 'R no@3', 'L B@4'])).toEqual([
      '',
      'k=Aa!@2',
      '',
      'k=B-@4',
    ])
  })

  test('of a fold', () => {
    const counts = from(left).count('counts')
    const joined = from(left).join(counts, (value, count) => `${value}${count}`)
    expect(play(topology('app', joined.to(output)), ['L a@1', 'L b@2'])).toEqual(['k=a1@1', 'k=b2@2'])
  })

  test('an inner join counts a record without a row as filtered', () => {
    const flow = drive(beside('inner'), { now: 0 })
    put(flow, step('L a@1'))
    expect(flow.counters.filtered).toBe(1)
  })
})

describe('as of the record', () => {
  test.each([
    ['L x@9', ''],
    ['L x@10', 'k=xa@10'],
    ['L x@19', 'k=xa@19'],
    ['L x@20', 'k=xb@20'],
    ['L x@30', ''],
    ['L x@41', 'k=xd@41'],
  ])('%s gives "%s"', (line, expected) => {
    expect(play(asOf('inner'), ['R a@10', 'R b@20', 'R ∅@30', 'R d@40', line])[4]).toBe(expected)
  })

  test('a version that came late counts for those that come after it', () => {
    expect(play(asOf('left'), ['R a@10', 'L x@15', 'R b@12', 'L y@15'])).toEqual(['', 'k=xa@15', '', 'k=yb@15'])
  })
})

describe('as of the record, with grace', () => {
  test('records wait, and leave in the order of time, ties as they came, when T - grace has reached them', () => {
    const lines = [
      'R a@1',
      'L z@12',
      'L y@11',
      'L other=x@11',
      'R b@11',
      'L mover=m@20',
      'L mover=n@21',
      'L mover=o@22',
    ]
    expect(play(asOf('left', 10), lines).slice(5)).toEqual(['', 'k=yb@11 other=x-@11', 'k=zb@12'])
  })

  test('a record that is older than that joins at once, ahead of those that wait', () => {
    expect(play(asOf('left', 10), ['L a@30', 'L b@20', 'L c@21', 'L d@40'])).toEqual([
      '',
      'k=b-@20',
      '',
      'k=c-@21 k=a-@30',
    ])
  })

  test('grace 0 waits for the mark at most', () => {
    expect(play(asOf('left', 0), ['R a@5', 'L x@5'])).toEqual(['', 'k=xa@5'])
  })

  test('a jump of time does not make the versions that are waited for vanish', () => {
    expect(play(asOf('left', 100), ['R a@1', 'R b@60', 'L x@50', 'R c@5000', 'L mover=y@6000']).slice(3)).toEqual([
      'k=xa@50',
      '',
    ])
  })

  test('the end of a bounded run lets all go', () => {
    expect(play(asOf('left', 10), ['R a@1', 'L x@5', 'end'])).toEqual(['', '', 'k=xa@5'])
  })

  test('a restart loses none that waits', () => {
    const lines = ['R a@1', 'L z@12', 'L y@11', 'R b@11', 'L mover=m@21', 'L w@15', 'L v@11', 'end']
    const restarted = play(
      asOf('left', 10),
      lines.flatMap((line) => [line, 'restart']),
    )
    expect(restarted.filter((_, index) => index % 2 === 0)).toEqual(play(asOf('left', 10), lines))
  })

  test('one that fails when it leaves becomes a dead letter, the others leave', () => {
    const joined = from(left).leftJoin(
      from(versions),
      (value, row) => {
        if (value === 'bad') throw new Error('bad')
        return pair(value, row)
      },
      { name: 'waiting', grace: ms(10), onFailure: [deadLetter('failed')] },
    )
    const flow = drive(topology('app', joined.to(output)), { now: 0 })
    for (const line of ['L a@1', 'L bad@1', 'L c@2']) put(flow, step(line))
    flow.end()
    expect(said(flow)).toEqual(['k=a-@1', 'k=c-@2'])
    expect(flow.deadLetters('failed')).toMatchObject([{ key: Buffer.from('k'), value: Buffer.from('"bad"') }])
  })

  test('a window waits with its record', () => {
    const counts = from(left)
      .window(hopping(ms(10), { every: ms(10) }))
      .count('counts')
    const joined = counts.leftJoin(
      from(versions),
      (count, row, { window }) => `${count}${row}${window.start.getTime()}-${window.end.getTime()}`,
      { name: 'waiting', grace: ms(5) },
    )
    const flow = drive(topology('app', joined.to(output)), { now: 0 })
    for (const line of ['R a@1', 'L x@12', 'L y@21']) put(flow, step(line))
    flow.restart()
    put(flow, step('L z@40'))
    expect(said(flow)).toEqual(['k=1a10-20@12', 'k=1a20-30@21'])
  })

  test('longer than the history is refused when the topology is built', () => {
    expect(() => asOf('left', 101)).toThrow('wait longer than the table remembers')
  })
})

describe('nulls (3.8)', () => {
  test.each([
    ['inner', null, 'x', 'MR3004'],
    ['left', null, 'x', 'null=x-@5'],
    ['inner', 'k', null, 'filtered'],
    ['left', 'k', null, 'filtered'],
    ['left', null, null, 'filtered'],
  ] as const)('%s, key %s, value %s: %s', (kind, key, value, expected) => {
    for (const made of [beside(kind), asOf(kind), asOf(kind, 50)]) {
      const flow = bench(made)
      const run = (): string => {
        flow.task.receive(0, key, value, 5)
        return flow.counters.filtered > 0 ? 'filtered' : flow.said().join(' ')
      }
      let out: string
      try {
        out = run()
      } catch (error) {
        out = String(findFault(error)?.code)
      }
      expect(out).toBe(expected)
    }
  })
})
