/** What a worker that is killed leaves: what was committed, and nothing else. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { from, number, skip, text, topic, topology, tumbling } from '../../src/index.ts'
import { lmdb } from '../../src/state/lmdb/index.ts'
import { type DriveOptions, drive, type Flow } from '../../src/testing/drive.ts'

const words = topic('words', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const out = topic('out', { key: text, value: text })
const totals = from(words).count('totals')
const build = (options: DriveOptions = {}): Flow => drive(topology('app', totals.toStream().to(counts)), options)

const put = (flow: Flow, key: string, time: number): void => flow.put(words, 'x', { key, time })
const countsOf = (flow: Flow): string[] => flow.take(counts).map(({ key, value }) => `${key}=${value}`)

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-crash-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

describe('a crash', () => {
  test('loses nothing that was committed', () => {
    const flow = build()
    put(flow, 'a', 1)
    flow.crash()
    put(flow, 'a', 2)
    expect(countsOf(flow)).toEqual(['a=1', 'a=2'])
    expect(flow.store(totals).get('a')?.value).toBe(2)
  })

  test('takes back what waits for answers; it is asked again', async () => {
    const asked: string[] = []
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const scored = from(words).mapAsync('score', async (value) => {
      const gate = gates[asked.length]
      asked.push(value)
      await gate?.promise
      return `${value}!`
    })
    const flow = drive(topology('app', scored.to(out)))
    flow.put(words, 'one', { key: 'a', time: 1 })
    expect(asked).toEqual(['one'])
    flow.crash()
    gates[0]!.resolve()
    gates[1]!.resolve()
    await flow.settle()
    expect(asked).toEqual(['one', 'one'])
    expect(flow.take(out).map(({ value }) => value)).toEqual(['one!'])
  })

  test('does not let the work of the dead come through late', async () => {
    const gate = Promise.withResolvers<void>()
    const scored = from(words).mapAsync('score', async (value) => {
      await gate.promise
      return value
    })
    const flow = drive(topology('app', scored.to(out)))
    flow.put(words, 'one', { key: 'a', time: 1 })
    const settled = flow.settle()
    flow.crash()
    gate.resolve()
    await settled
    await flow.settle()
    expect(flow.take(out).map(({ value }) => value)).toEqual(['one'])
  })

  test('keeps the counts of committed work; a restart begins anew', () => {
    const flow = build({ crashAt: (record) => record === 2 })
    for (const time of [1, 2, 3]) put(flow, 'a', time)
    expect(flow.counters).toMatchObject({ recordsIn: 3, out: 3, commits: 3, restoredRows: 1 })
    flow.restart()
    expect(flow.counters).toMatchObject({ recordsIn: 0, out: 0, commits: 0, restoredRows: 3 })
  })
})

describe('in the middle of a record', () => {
  test('is asked for once per record, counted from 1, those of repartition topics too', () => {
    const numbers: number[] = []
    const repartitioned = from(words)
      .keyBy('by', (word) => word)
      .count('per-word')
    const flow = drive(topology('app', repartitioned.toStream().to(counts)), {
      crashAt(record) {
        numbers.push(record)
        return true
      },
    })
    for (const time of [1, 2]) put(flow, 'a', time)
    expect(numbers).toEqual([1, 2, 3, 4])
    expect(countsOf(flow)).toEqual(['x=1', 'x=2'])
  })

  test('comes after the writes of the record: they were made, and are made again', () => {
    const seen: (number | undefined)[] = []
    const flow = drive(
      topology(
        'app',
        totals
          .map((count) => {
            seen.push(count)
            return count
          })
          .toStream()
          .to(counts),
      ),
      { crashAt: (record) => record === 2 },
    )
    for (const time of [1, 2]) put(flow, 'a', time)
    expect(seen).toEqual([1, 2, 2])
    expect(countsOf(flow)).toEqual(['a=1', 'a=2'])
  })

  test('while a bounded run ends changes no result', () => {
    const windows = from(words)
      .keyBy('by', (word) => word)
      .window(tumbling({ seconds: 1 }))
      .count('per-second')
    const flows = [
      drive(topology('app', windows.to(counts))),
      drive(topology('app', windows.to(counts)), { crashAt: () => true }),
    ]
    const given = flows.map((flow) => {
      for (const time of [1, 400, 1_100, 2_500]) put(flow, 'a', time)
      flow.end()
      return countsOf(flow)
    })
    expect(given[0]).toEqual(['x=2', 'x=1', 'x=1'])
    expect(given[1]).toEqual(given[0])
  })
})

describe('state on disk', () => {
  test('outlives a crash: only what is missing is read back', () => {
    const flow = build({ state: lmdb(join(directory, 'tail')) })
    for (const time of [1, 2, 3]) put(flow, 'a', time)
    flow.restart()
    expect(flow.counters.restoredRows).toBe(0)
    put(flow, 'a', 4)
    flow.crash()
    expect(flow.store(totals).get('a')?.value).toBe(4)
    expect(flow.counters.restoredRows).toBe(0)
    flow.close()
  })

  test('of another flow is not believed', () => {
    const place = join(directory, 'other')
    const earlier = build({ state: lmdb(place) })
    for (const time of [1, 2, 3]) put(earlier, 'a', time)
    earlier.close()
    const flow = build({ state: lmdb(place) })
    expect(flow.store(totals).rows()).toEqual([])
    put(flow, 'a', 1)
    expect(countsOf(flow)).toEqual(['a=1'])
    flow.close()
  })
})

/** A handler may give what its type does not allow. */
const noTime = null as unknown as number

test('counters say what was wrong with records that were refused', () => {
  const flow = drive(
    topology(
      'app',
      from(words, { onFailure: [skip()], timestamp: (value) => (value === 'no time' ? noTime : Number(value)) })
        .window(tumbling({ milliseconds: 10 }))
        .count('tens')
        .to(counts),
    ),
  )
  const records = [
    ['5', 'a'],
    ['7', null],
    [null, 'a'],
    ['no time', 'a'],
    ['-1', 'a'],
    ['NaN', 'a'],
    ['30', 'a'],
    ['4', 'a'],
  ] as const
  for (const [value, key] of records) flow.put(words, value, { key, time: 1 })
  expect(flow.counters).toMatchObject({
    ...{ nullKeys: 1, nullValues: 1, missingTimestamps: 1, negativeTimestamps: 1, invalidTimestamps: 1 },
    ...{ skipped: 5, late: 1, deadLetters: 0 },
  })
})
