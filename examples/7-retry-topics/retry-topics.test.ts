import { beforeEach, expect, test } from 'vitest'
import { drive } from '../../src/testing/index.ts'
import { labels, parcels, printLabels, weights } from './topology.ts'

beforeEach(() => weights.clear())

test('a parcel that was weighed late is printed late, and nobody waits for it', () => {
  const flow = drive(printLabels)
  weights.set('b', 300)
  flow.put(parcels, { id: 'a', to: 'Lisbon' }, { key: 'a', time: 0 })
  flow.put(parcels, { id: 'b', to: 'Oslo' }, { key: 'b', time: 1 })
  expect(flow.take(labels).map(({ value }) => value.id)).toEqual(['b'])
  weights.set('a', 500)
  flow.advance({ seconds: 4 })
  expect(flow.take(labels)).toEqual([])
  flow.advance({ seconds: 1 })
  expect(flow.take(labels).map(({ value }) => value)).toEqual([{ id: 'a', to: 'Lisbon', grams: 500 }])
})

test('one that is never weighed is a dead letter after both delays', () => {
  const flow = drive(printLabels)
  flow.put(parcels, { id: 'a', to: 'Lisbon' }, { key: 'a', time: 0 })
  flow.advance({ seconds: 5 })
  expect(flow.deadLetters('unweighed')).toEqual([])
  flow.advance({ minutes: 1 })
  expect(flow.deadLetters('unweighed')).toHaveLength(1)
  expect(flow.take(labels)).toEqual([])
})
