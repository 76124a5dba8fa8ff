/** Tasks that take nothing more until an operator resumes them: by policy, and for too many dead letters. */
import { describe, expect, test } from 'vitest'
import { from, pause, reject, skip, text, topic, topology, tumbling } from '../../../src/index.ts'
import { subscribe } from '../../../src/observe/events.ts'
import { LetterRate } from '../../../src/runtime/failures/letter-rate.ts'
import { letterTerms } from '../../../src/runtime/failures/letter-terms.ts'
import { type DriveOptions, drive } from '../../../src/testing/drive.ts'

const input = topic('in', { key: text, value: text })
const output = topic('out', { key: text, value: text })
const values = (records: readonly { value: string }[]) => records.map(({ value }) => value)

class Bug {
  isThere = true

  readonly pass = (value: string): string => {
    if (this.isThere && value.startsWith('bad')) throw new Error(`cannot do ${value}`)
    return value
  }
}

describe('pause()', () => {
  const where = { task: 'in-0', topic: 'in', partition: 0, offset: 1, reason: 'cannot do bad' }

  test('the task stops before the record, others go on, and after it was resumed nothing is missing', () => {
    const bug = new Bug()
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(bug.pass, { onFailure: [pause()] })
          .to(output),
      ),
      { partitions: 2 },
    )
    for (const value of ['a', 'bad', 'c']) flow.put(input, value, { key: 'k', partition: 0, time: 0 })
    flow.put(input, 'd', { key: 'k', partition: 1, time: 0 })
    expect([values(flow.take(output)).toSorted(), flow.paused()]).toEqual([['a', 'd'], [where]])
    expect(flow.resume()).toBe(1)
    expect([values(flow.take(output)), flow.paused()]).toEqual([[], [where]])
    bug.isThere = false
    flow.resume('in-0')
    expect([values(flow.take(output)), flow.paused(), flow.resume()]).toEqual([['bad', 'c'], [], 0])
  })

  test('a restart resumes as well', () => {
    const bug = new Bug()
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(bug.pass, { onFailure: [pause()] })
          .to(output),
      ),
    )
    flow.put(input, 'bad', { key: 'k', time: 0 })
    bug.isThere = false
    flow.restart()
    flow.advance({ seconds: 0 })
    expect([values(flow.take(output)), flow.paused()]).toEqual([['bad'], []])
  })

  test('before a record that can not be decoded', () => {
    const flow = drive(topology('app', from(input, { onFailure: [pause()] }).to(output)))
    flow.put(input, 'a', { key: 'k', time: 0 })
    flow.putBytes(input, Buffer.from([0xff]), { key: Buffer.from('k'), time: 0 })
    flow.put(input, 'c', { key: 'k', time: 0 })
    expect([values(flow.take(output)), flow.paused()]).toMatchObject([['a'], [{ offset: 1 }]])
  })

  test('before a record whose answer was bad: what it had left is taken back', async () => {
    const bug = new Bug()
    const ask = async (value: string): Promise<string> => {
      if (bug.isThere && value === 'bad') throw reject('cannot do bad')
      return value
    }
    const source = from(input, { idle: 'off' })
    const flow = drive(
      topology('app', source.to(output), source.mapAsync('ask', ask, { onFailure: [pause()] }).to(output)),
    )
    for (const value of ['a', 'bad', 'c']) flow.put(input, value, { key: 'k', time: 0 })
    await flow.settle()
    expect([values(flow.take(output)), flow.paused()]).toEqual([['a', 'a'], [where]])
    bug.isThere = false
    flow.resume()
    await flow.settle()
    expect(values(flow.take(output)).toSorted()).toEqual(['bad', 'bad', 'c', 'c'])
  })

  test('before whatever closed the window of a bad row: the row comes again', () => {
    const bug = new Bug()
    const rows = from(input, { idle: 'off' })
      .window(tumbling({ milliseconds: 10 }))
      .count('tens')
      .map((count) => bug.pass(`bad ${count}`), { onFailure: [pause()] })
    const flow = drive(topology('app', rows.to(output)), { now: 0 })
    flow.put(input, 'a', { key: 'k', time: 1 })
    flow.put(input, 'b', { key: 'k', time: 20 })
    expect([flow.take(output), flow.paused()]).toMatchObject([
      [],
      [{ task: 'in-0', offset: -1, reason: 'cannot do bad 1' }],
    ])
    bug.isThere = false
    flow.resume()
    expect(values(flow.take(output))).toEqual(['bad 1'])
  })

  test('a run does not end while a task is paused', () => {
    const bug = new Bug()
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(bug.pass, { onFailure: [pause()] })
          .to(output),
      ),
    )
    flow.put(input, 'bad', { key: 'k', time: 0 })
    flow.end()
    bug.isThere = false
    flow.resume()
    expect([values(flow.take(output)), flow.paused()]).toEqual([['bad'], []])
  })

  test('somebody is told, once', () => {
    const told: unknown[] = []
    const ends = [
      subscribe('task.paused', (event) => void told.push(event)),
      subscribe('task.resumed', (event) => void told.push(event)),
    ]
    const flow = drive(
      topology(
        'app',
        from(input)
          .map(new Bug().pass, { onFailure: [pause()] })
          .to(output),
      ),
    )
    for (const value of ['a', 'bad', 'c']) flow.put(input, value, { key: 'k', time: 0 })
    flow.resume()
    for (const end of ends) end()
    expect(told).toEqual([where, { task: 'in-0' }, where])
  })
})

describe('too many dead letters', () => {
  const limited: DriveOptions = { now: 0, deadLetters: { rateLimit: {} } }
  const plain = topology('app', from(input).map(new Bug().pass).to(output))
  const put = (flow: ReturnType<typeof drive>, good: number, bad: number) => {
    for (let count = 0; count < good; count++) flow.put(input, `${count}`, { key: 'k', time: 0 })
    for (let count = 0; count < bad; count++) flow.put(input, `bad ${count}`, { key: 'k', time: 0 })
  }

  test('a poisoned topic is not drained into the queue', () => {
    const flow = drive(plain, limited)
    put(flow, 99, 50)
    expect(flow.counters.deadLetters).toBe(6)
    expect(flow.paused()).toMatchObject([{ task: 'in-0', reason: '6 of 104 records became dead letters within 60 s' }])
    flow.resume()
    expect([flow.counters.deadLetters, flow.counters.recordsIn]).toEqual([50, 149])
  })

  test('not before a hundred records were seen, and a few do no harm', () => {
    const flow = drive(plain, limited)
    put(flow, 0, 99)
    expect([flow.paused(), flow.counters.deadLetters]).toEqual([[], 99])
    const other = drive(plain, limited)
    put(other, 200, 10)
    expect(other.paused()).toEqual([])
  })

  test('what is skipped is none, and without a limit any number is taken', () => {
    const skipping = topology(
      'app',
      from(input)
        .map(new Bug().pass, { onFailure: [skip()] })
        .to(output),
    )
    for (const [built, options] of [
      [skipping, limited],
      [plain, {}],
    ] as const) {
      const flow = drive(built, options)
      put(flow, 0, 150)
      expect([flow.paused(), flow.counters.recordsIn]).toEqual([[], 150])
    }
  })

  test('counts of a minute ago are forgotten, and a clock that goes back forgets nothing', () => {
    const rate = new LetterRate({ share: 0.05, window: 60_000, least: 100 })
    rate.records(0, 1_000)
    for (let count = 0; count < 50; count++) expect(rate.letter(1_000)).toBeNull()
    rate.records(70_000, 100)
    for (let count = 0; count < 5; count++) expect(rate.letter(70_000)).toBeNull()
    expect(rate.letter(10)).toBe('6 of 100 records became dead letters within 60 s')
  })

  test.each([{ share: 2 }, { share: Number.NaN }, { window: {} }, { least: 0 }])('%j is refused', (rateLimit) => {
    expect(() => letterTerms({ rateLimit })).toThrow(expect.objectContaining({ code: 'MR1003' }))
  })

  test('stacks can be left out', () => {
    const flow = drive(plain, { deadLetters: { includeStack: false } })
    put(flow, 0, 1)
    const [letter] = flow.deadLetters('in')
    expect(Object.keys(letter!.headers)).not.toContain('__streams.errors.stacktrace')
  })
})
