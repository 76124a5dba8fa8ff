/** A filter of a table deletes what it let through before, and nothing else. */
import { describe, expect, test } from 'vitest'
import { from, json, table, text, topology, versionedTable } from '../../../src/index.ts'
import type { Table } from '../../../src/topology/stream.ts'
import { input, ms, output } from './kit.ts'
import { World } from './world.ts'

type Put = readonly [key: string, value: string | null, time: number]

const wanted = (value: unknown): boolean => !String(value).startsWith('no')

function said(rows: Table<string, string, null>, puts: readonly Put[], topic = 'rows'): string[] {
  const world = new World(topology('app', rows.filter(wanted).to(output)))
  for (const put of puts) {
    world.put(topic, ...put)
    world.commit()
    world.crash()
  }
  return world.said()
}

const source = from(table('rows', { key: text, value: json<string>() }))
const tables: Readonly<Record<string, readonly [Table<string, string, null>, string]>> = {
  'a table source': [source, 'rows'],
  'a versioned table': [from(versionedTable('rows', { key: text, value: json<string>(), history: ms(100) })), 'rows'],
  'a table made of a stream': [from(input).toTable('kept'), 'in'],
  'a table with rows that live a while': [from(input).toTable('kept', { ttl: ms(1_000) }), 'in'],
  'another map': [source.map((value) => value), 'rows'],
  'coalesced updates': [source.coalesce(), 'rows'],
}

describe.each(Object.keys(tables))('behind %s', (name) => {
  const [rows, topic] = tables[name]!

  test.each<[what: string, puts: readonly Put[], out: string[]]>([
    ['a row that passes comes out', [['a', 'x', 1]], ['a=x@1']],
    [
      'a row that never passed is not deleted',
      [
        ['a', 'no', 1],
        ['a', 'no2', 2],
        ['a', null, 3],
      ],
      [],
    ],
    [
      'a row that passes no more is deleted once',
      [
        ['a', 'x', 1],
        ['a', 'no', 2],
        ['a', 'no2', 3],
      ],
      ['a=x@1', 'a=∅@2'],
    ],
    [
      'a deletion of what passed is one',
      [
        ['a', 'x', 1],
        ['a', null, 2],
        ['a', null, 3],
      ],
      ['a=x@1', 'a=∅@2'],
    ],
    [
      'a row that passes again comes out again',
      [
        ['a', 'no', 1],
        ['a', 'y', 2],
      ],
      ['a=y@2'],
    ],
    [
      'what one key was says nothing of another',
      [
        ['a', 'x', 1],
        ['b', 'no', 2],
      ],
      ['a=x@1'],
    ],
  ])('%s', (_what, puts, out) => {
    expect(said(rows, puts, topic)).toEqual(out)
  })
})

test('behind a fold a group that is wanted no more is deleted', () => {
  const counts = source.groupBy('by', () => 'g').count('counts')
  const world = new World(topology('app', counts.filter((count) => count === 1).to(output)))
  const puts: readonly Put[] = [
    ['a', 'x', 1],
    ['b', 'x', 2],
    ['c', 'x', 3],
    ['b', null, 4],
    ['c', null, 5],
  ]
  for (const put of puts) {
    world.put('rows', ...put)
    world.commit()
  }
  expect(world.said()).toEqual(['g=1@1', 'g=∅@2', 'g=1@5'])
})

test('within one commit coalesced updates are compared with what came out before it', () => {
  const world = new World(topology('app', source.coalesce().filter(wanted).to(output)))
  for (const value of ['x', 'no']) world.put('rows', 'a', value, 1)
  world.commit()
  expect(world.said()).toEqual([])
  world.put('rows', 'a', 'y', 2)
  world.commit()
  for (const value of ['z', 'no']) world.put('rows', 'a', value, 3)
  world.commit()
  expect(world.said()).toEqual(['a=y@2', 'a=∅@3'])
})
