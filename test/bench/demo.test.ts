import { expect, test } from 'vitest'
import { turnOf } from '../../bench/demo.ts'

const said = { stderr: 'progress\nlargest worker: 100 MB\n', cpuSeconds: 3 }
const result = { flights: 336_776, seconds: 7.5, verified: true }

test('a turn of the demo is what it printed', () => {
  const stdout = `remark\n${JSON.stringify(result)}\n`
  expect(turnOf({ ...said, stdout })).toEqual({
    records: 336_776,
    seconds: 7.5,
    cpuSeconds: 3,
    peakRssBytes: 100 * 1_048_576,
  })
})

test('a demo whose result was not verified is no turn', () => {
  const stdout = JSON.stringify({ ...result, verified: false })
  expect(() => turnOf({ ...said, stdout })).toThrow('not that of SQL')
})
