/** A table's topic falls silent, or lies about the time: as with any source. */
import { expect, test } from 'vitest'
import { from, number, table, text, topic, topology, tumbling } from '../../../src/index.ts'
import { drive } from '../../../src/testing/drive.ts'

const limits = table('limits', { value: number })
const counts = topic('counts', { key: text, value: number })
const windows = tumbling({ seconds: 10 })

function counted(options: Parameters<typeof from<string, number>>[1] = {}) {
  const updates = from(limits, options as object).toStream()
  return topology('app', updates.window(windows).count('counts').to(counts))
}

test('windows over its updates close once it is idle', () => {
  const flow = drive(counted(), { now: 0 })
  flow.put(limits, 1, { key: 'a', time: 0 })
  flow.advance({ seconds: 29 })
  expect(flow.take(counts)).toEqual([])
  flow.advance({ seconds: 1 })
  expect(flow.take(counts)).toMatchObject([{ key: 'a', value: 1 }])
})

test('not where it says so', () => {
  const flow = drive(counted({ idle: 'off' }), { now: 0 })
  flow.put(limits, 1, { key: 'a', time: 0 })
  flow.advance({ hours: 1 })
  expect(flow.take(counts)).toEqual([])
})

test('an update of the far future is rejected and moves no time', () => {
  const flow = drive(counted(), { now: 0, maxLead: 'as declared' })
  flow.put(limits, 1, { key: 'a', time: 0 })
  flow.put(limits, 2, { key: 'b', time: 86_400_001 })
  expect([flow.take(counts), flow.deadLetters('limits').length]).toEqual([[], 1])
})
