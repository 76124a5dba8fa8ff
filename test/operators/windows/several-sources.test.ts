/** Windows of several sources (`semantics.md` 2.5, 2.8): a record raises T by no more than the most disorderly of them allows. */
import { expect, test } from 'vitest'
import { cogroup, from, number, type SourceOptions, text, topic, topology, tumbling } from '../../../src/index.ts'
import { drive } from '../../../src/testing/drive.ts'
import { ms } from './flows.ts'

const [calm, wild] = [topic('calm', { key: text, value: text }), topic('wild', { key: text, value: text })]
const [counts, late] = [topic('counts', { key: text, value: number }), topic('late', { key: text, value: text })]

type Put = readonly ['calm' | 'wild', time: number]

function counted(options: SourceOptions<string, string>, puts: readonly Put[]): { counts: string[]; late: string[] } {
  const both = cogroup('both', { as: number, start: 0 })
    .add(from(calm, { idle: 'off' }), (sum) => sum + 1)
    .add(from(wild, { idle: 'off', ...options }), (sum) => sum + 1)
    .window(tumbling(ms(10)))
  const flow = drive(
    topology('app', both.to(counts), both.late.map(({ time, operatorTime }) => `${time} at ${operatorTime}`).to(late)),
  )
  for (const [name, time] of puts) flow.put(name === 'calm' ? calm : wild, 'x', { key: 'k', time })
  return {
    counts: flow.take(counts).map(({ value, time }) => `${value}@${time}`),
    late: flow.take(late).map(({ value }) => value),
  }
}

const wait = { minutes: 1 }

test.each<[what: string, options: SourceOptions<string, string>, puts: readonly Put[], out: string[], late: string[]]>([
  [
    'what may be out of order in one source is not late for the records of another',
    { outOfOrderness: ms(100), wait },
    [
      ['wild', 62],
      ['calm', 150],
      ['wild', 160],
      ['wild', 61],
      ['wild', 280],
    ],
    ['2@62', '1@150', '1@160'],
    [],
  ],
  [
    'what is more so is late',
    { outOfOrderness: ms(100), wait },
    [
      ['wild', 62],
      ['calm', 150],
      ['wild', 175],
      ['wild', 69],
      ['wild', 70],
    ],
    ['1@62'],
    ['69 at 75'],
  ],
  [
    'beside a source that brings watermarks no record moves time',
    { watermark: (_value, { timestamp }) => Math.max(0, timestamp - 100), wait },
    [
      ['wild', 62],
      ['calm', 150],
      ['wild', 160],
      ['wild', 61],
      ['wild', 280],
    ],
    ['2@62', '1@150', '1@160'],
    [],
  ],
])('%s', (_what, options, puts, out, tooLate) => {
  expect(counted(options, puts)).toEqual({ counts: out, late: tooLate })
})
