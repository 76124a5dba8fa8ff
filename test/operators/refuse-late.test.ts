/** Late records that nobody takes are an event (`semantics.md` 2.11); those that somebody takes are none. */
import { expect, test, vi } from 'vitest'
import { logWorker } from '../../src/cli/worker/worker-log.ts'
import { begin, from, hopping, text, topic, topology, tumbling } from '../../src/index.ts'
import { publish, subscribe } from '../../src/observe/events.ts'
import { drive } from '../../src/testing/drive.ts'
import type { SinkNode } from '../../src/topology/nodes.ts'
import type { KeyedStream } from '../../src/topology/stream.ts'

const ms = (milliseconds: number) => ({ milliseconds })
const input = topic('in', { key: text, value: text })
const other = topic('other', { key: text, value: text })
const output = topic('out', { key: text, value: text })
const lateOutput = topic('late', { key: text, value: text })

interface Sinking {
  to(topic: typeof output): SinkNode
}
interface Refusing {
  map(handler: () => string): Sinking
  readonly late: { map(handler: () => string): Sinking }
}
const records = (): KeyedStream<string, string> => from(input, { idle: 'off' })

const operators: Readonly<Record<string, () => Refusing>> = {
  'a window': () =>
    records()
      .window(tumbling(ms(10)))
      .count('it'),
  'windows, once each': () =>
    records()
      .window(hopping(ms(10), { every: ms(5) }))
      .count('it'),
  'a join': () => records().join('it', from(other), (one) => one, { within: ms(5) }),
  dedupe: () => records().dedupe('it', { within: ms(5) }),
  'a pattern': () =>
    records().pattern(
      'it',
      begin('a', () => true),
      { within: ms(5), select: () => '' },
    ),
}

function events(isHeard: boolean, make: (typeof operators)[string]): { seen: string[]; late: number } {
  const made = make()
  const sink = made.map(() => '').to(output)
  const seen: string[] = []
  const stop = subscribe('record.late', ({ operator, offset, time, operatorTime }) =>
    seen.push(`${operator} offset ${offset}: ${time} at ${operatorTime}`),
  )
  const flow = drive(isHeard ? topology('app', sink, made.late.map(() => '').to(lateOutput)) : topology('app', sink))
  for (const time of [100, 17]) flow.put(input, 'x', { key: 'k', time })
  stop()
  return { seen, late: flow.counters.late }
}

test.each(Object.keys(operators))('%s', (name) => {
  const count = name.includes('each') ? 2 : 1
  expect(events(false, operators[name]!)).toEqual({ seen: Array(count).fill('it offset 1: 17 at 100'), late: count })
  expect(events(true, operators[name]!)).toEqual({ seen: [], late: count })
})

test('the log of a worker has one line per operator', () => {
  const lines: unknown[] = []
  const spy = vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(line))
  const stop = logWorker('one')
  const late = { topic: 'in', partition: 0, offset: 7, time: 17, operatorTime: 100 }
  for (const operator of ['a', 'a', 'b', 'a']) publish('record.late', () => ({ operator, ...late }))
  stop()
  spy.mockRestore()
  expect(lines).toEqual([
    'late for a: in-0 offset 7, 83 ms behind (further ones are only counted)',
    'late for b: in-0 offset 7, 83 ms behind (further ones are only counted)',
  ])
})
