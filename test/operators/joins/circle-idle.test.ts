/** The circle of a foreign-key join while one side, or both, say nothing: time follows the wall clock there (2.6). */
import { describe, expect, test } from 'vitest'
import { from, nullable, number, text, topic, topology, tumbling } from '../../../src/index.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'
import { put, step } from './script.ts'

const counts = topic('counts', { key: text, value: number })
const lefts = topic('left', { key: text, value: nullable(text) })
const rights = topic('right', { key: text, value: nullable(text) })
const idle = { after: { milliseconds: 100 } }

function counting(join: 'inner' | 'left' = 'inner', beside = false) {
  const [left, right] = [from(lefts, { idle }).toTable('left-rows'), from(rights, { idle }).toTable('right-rows')]
  const foreignKey = (value: string | null): string => value!
  const joiner = (value: unknown, row: unknown): string => `${value}${row}`
  const joined =
    join === 'inner'
      ? left.foreignKeyJoin('by-fk', right, foreignKey, joiner)
      : left.leftForeignKeyJoin('by-fk', right, foreignKey, joiner)
  const results = joined.toStream()
  const stream = beside ? right.toStream().keyBy('again', (_value, { key }) => key) : results
  const counted = stream
    .window(tumbling({ milliseconds: 10 }))
    .count('counts')
    .to(counts)
  return topology('app', counted, results.to(topic('results', { key: text, value: nullable(text) })))
}

function started(lines: readonly string[], built = counting()): Flow {
  const flow = drive(built, { now: 0 })
  for (const line of lines) put(flow, step(line))
  return flow
}

const said = (flow: Flow): string[] => flow.take(counts).map(({ key, value, time }) => `${key}=${value}@${time}`)

describe('windows behind it close', () => {
  test('when both sides fall silent', () => {
    const flow = started(['R x=1@1', 'L a=x@2'])
    expect(said(flow)).toEqual([])
    for (let turn = 0; turn < 4; turn++) flow.advance({ seconds: 2 })
    expect(said(flow)).toEqual(['a=1@2'])
  })

  test('when the left side falls silent, though what is joined goes on coming back', () => {
    const flow = started(['R x=1@1', 'L a=x@2'])
    for (const time of [2_000, 4_000, 6_000]) {
      flow.advance({ milliseconds: 2_000 })
      put(flow, step(`R x=${time}@${time}`))
    }
    expect(said(flow)).toContain('a=1@2')
    expect(flow.counters.late).toBe(0)
  })

  test('when the right side falls silent', () => {
    const flow = started(['R x=1@1', 'L a=x@2'])
    for (const time of [2_000, 4_000, 6_000]) {
      flow.advance({ milliseconds: 2_000 })
      put(flow, step(`L a=x@${time}`))
    }
    expect(said(flow)).toContain('a=1@2')
    expect(flow.counters.late).toBe(0)
  })

  test('where nothing has ever come on the right side', () => {
    const flow = started(['L a=x@2'], counting('left'))
    for (let turn = 0; turn < 4; turn++) flow.advance({ seconds: 2 })
    expect(said(flow)).toEqual(['a=1@2'])
  })

  test('of the right rows alone, where nothing has ever come on the left side', () => {
    const flow = started(['R x=1@2'], counting('inner', true))
    for (let turn = 0; turn < 4; turn++) flow.advance({ seconds: 2 })
    expect(said(flow)).toEqual(['x=1@2'])
  })

  test('when event time is moved by hand', () => {
    const flow = started(['R x=1@1', 'L a=x@2'])
    flow.advance({ eventTime: 50 })
    expect(said(flow)).toEqual(['a=1@2'])
  })
})

test('a side of which nothing was ever heard is left out, also by what is written before anything comes back', () => {
  const flow = started(['L a=x@2', 'L b=x@30'], counting('inner', true))
  for (let turn = 0; turn < 4; turn++) flow.advance({ seconds: 2 })
  put(flow, step('R x=1@20'))
  for (let turn = 0; turn < 4; turn++) flow.advance({ seconds: 2 })
  expect(said(flow)).toEqual(['x=1@20'])
})
