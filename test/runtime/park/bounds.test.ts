/** How much may be parked: beyond any bound the task pauses before the record, and nothing is lost. */
import { describe, expect, test } from 'vitest'
import { from, type ParkOptions, park, text, topic, topology } from '../../../src/index.ts'
import { subscribe } from '../../../src/observe/events.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'
import { redrive } from './redriving.ts'

const input = topic('in', { key: text, value: text })
const output = topic('out', { key: text, value: text })

function bounded(options: ParkOptions, bad: ReadonlySet<string>): Flow {
  const step = (value: string): string => {
    if (bad.has(value)) throw new Error(`${value} is bad`)
    return value
  }
  return drive(
    topology(
      'app',
      from(input, { idle: 'off' })
        .map(step, { onFailure: [park('q', options)] })
        .to(output),
    ),
  )
}

function put(flow: Flow, ...records: readonly string[]): void {
  for (const record of records) flow.put(input, record, { key: record.charAt(0), time: 1_000 })
}

const results = (flow: Flow): string[] => flow.take(output).map(({ value }) => value)

describe('a task pauses', () => {
  test('before one key more than may be parked, and goes on when one has come free', () => {
    const bad = new Set(['a1', 'b1'])
    const flow = bounded({ keys: 1 }, bad)
    put(flow, 'a1', 'c1', 'b1', 'c2')
    expect(flow.paused()).toMatchObject([{ task: 'in-0', topic: 'in', partition: 0, offset: 2 }])
    expect(flow.paused()[0]!.reason).toContain('1 keys are parked already (keys)')
    expect(results(flow)).toEqual(['c1'])
    const letters = flow.deadLetters('q')
    expect(letters).toHaveLength(1)
    bad.delete('a1')
    redrive(flow, 'app', letters)
    flow.resume()
    expect(flow.paused()).toEqual([])
    expect(results(flow)).toEqual(['a1', 'c2'])
    expect(flow.deadLetters('q').map(({ value }) => String(value))).toEqual(['b1'])
  })

  test('before one record of a key more than may be parked', () => {
    const flow = bounded({ perKey: 2 }, new Set(['a1']))
    const reasons: string[] = []
    const stop = subscribe('task.paused', ({ reason }) => reasons.push(reason))
    put(flow, 'a1', 'a2', 'b1', 'a3', 'b2')
    stop()
    expect(reasons).toEqual([expect.stringContaining('2 records of the key are parked already (perKey)')])
    expect(flow.paused()).toMatchObject([{ topic: 'in', offset: 3 }])
    expect(results(flow)).toEqual(['b1'])
    flow.resume()
    expect(flow.paused()).toHaveLength(1)
    expect(flow.deadLetters('q')).toHaveLength(2)
  })

  test('before another record of a key that is parked for too long', () => {
    const bad = new Set(['a1'])
    const flow = bounded({ for: { minutes: 1 } }, bad)
    put(flow, 'a1')
    flow.advance({ minutes: 1 })
    put(flow, 'a2')
    expect(flow.paused()).toEqual([])
    flow.advance({ milliseconds: 1 })
    put(flow, 'a3', 'b1')
    expect(flow.paused()[0]!.reason).toContain('the key has been parked for more than 1m (for)')
    bad.clear()
    redrive(flow, 'app', flow.deadLetters('q'))
    flow.resume()
    expect(results(flow)).toEqual(['a1', 'a2', 'a3', 'b1'])
    expect(flow.store('parked-in').rows()).toEqual([])
  })

  test('not for a letter that goes back, however full its queue is', () => {
    const flow = bounded({ keys: 1, perKey: 1, for: { seconds: 1 } }, new Set(['a1']))
    put(flow, 'a1')
    flow.advance({ minutes: 1 })
    redrive(flow, 'app', flow.deadLetters('q'))
    expect(flow.paused()).toEqual([])
    expect(flow.deadLetters('q')).toHaveLength(1)
  })
})
