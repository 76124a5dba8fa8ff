/** `mapAsync` by hand: calls are answered when the test says so. */
import { describe, expect, test } from 'vitest'
import {
  deadLetter,
  from,
  json,
  nullable,
  number,
  reject,
  skip,
  stop,
  text,
  topic,
  topology,
  tumbling,
} from '../../../src/index.ts'
import { randomInteger, seededRandom } from '../../../src/random.ts'
import { type DriveOptions, drive, type Flow } from '../../../src/testing/drive.ts'
import type { MapAsyncOptions } from '../../../src/topology/steps/processing.ts'

const input = topic('in', { key: text, value: text })
const output = topic('out', { key: text, value: text })
const copies = topic('copies', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const late = topic('late', { key: text, value: json<unknown>() })

/** What was asked, in order, and how the test answers. */
class Asked {
  readonly values: string[] = []
  readonly aborted: string[] = []
  underWay = 0
  most = 0
  private readonly answers = new Map<string, { resolve: (value: string) => void; reject: (error: unknown) => void }>()

  readonly ask = (value: string, { signal }: { readonly signal: AbortSignal }): Promise<string> => {
    this.values.push(value)
    this.most = Math.max(this.most, ++this.underWay)
    signal.addEventListener('abort', () => this.aborted.push(value))
    return new Promise<string>((resolve, reject) => this.answers.set(value, { resolve, reject })).finally(
      () => this.underWay--,
    )
  }

  /** Asked and not answered. */
  get open(): readonly string[] {
    return [...this.answers.keys()]
  }

  async answer(...values: readonly string[]): Promise<void> {
    for (const value of values) {
      this.answers.get(value)?.resolve(value.toUpperCase())
      this.answers.delete(value)
    }
    await settled()
  }

  async fail(value: string): Promise<void> {
    this.answers.get(value)!.reject(reject(`no ${value}`))
    this.answers.delete(value)
    await settled()
  }
}

/** Promises that are resolved have been heard of. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

function mapped(asked: Asked, options: MapAsyncOptions = {}) {
  return from(input, { idle: 'off' }).mapAsync('ask', asked.ask, options)
}

function driven(asked: Asked, options: MapAsyncOptions = {}, driving: DriveOptions = {}): Flow {
  return drive(topology('app', mapped(asked, options).to(output)), driving)
}

/** `a1` is a value of key a; its time is the number. */
function put(flow: Flow, ...values: readonly string[]): void {
  for (const value of values) flow.put(input, value, { key: value[0]!, time: Number(value.slice(1)) })
}

/** Work goes on where it can; nothing new is put. */
const said = (flow: Flow): string[] => {
  flow.advance({ milliseconds: 0 })
  return flow.take(output).map(({ key, value, time }) => `${key}=${value}@${time}`)
}

describe('order', () => {
  test('put returns at once; settle brings the answers, with key and time of their records', async () => {
    const asked = new Asked()
    const flow = driven(asked)
    put(flow, 'a1')
    expect(said(flow)).toEqual([])
    await asked.answer('a1')
    await flow.settle()
    expect(said(flow)).toEqual(['a=A1@1'])
  })

  test('of a key is that of its records, whatever order the answers come in', async () => {
    const asked = new Asked()
    const flow = driven(asked)
    put(flow, 'a1', 'b2', 'a3', 'b4')
    await asked.answer('a3', 'b2', 'b4', 'a1')
    expect(said(flow).toSorted()).toEqual(['a=A1@1', 'a=A3@3', 'b=B2@2', 'b=B4@4'])
  })

  test.each([1, 2, 3, 4])('of a key holds for random answers (seed %i)', async (seed) => {
    const random = seededRandom(seed)
    const asked = new Asked()
    const flow = driven(asked, { concurrency: randomInteger(random, 1, 8) })
    const values = Array.from({ length: 60 }, (_, at) => `${'abc'.charAt(randomInteger(random, 0, 2))}${at}`)
    put(flow, ...values)
    while (asked.open.length > 0) {
      await answerOne(asked, () => random.next())
      flow.advance({ milliseconds: 0 })
    }
    await flow.settle()
    const results = flow.take(output)
    for (const key of 'abc') {
      const wanted = values.filter((value) => value.startsWith(key)).map((value) => value.toUpperCase())
      expect(results.filter((each) => each.key === key).map(({ value }) => value)).toEqual(wanted)
    }
    expect(asked.values).toHaveLength(values.length)
  })
})

describe('concurrency', () => {
  test('is a bound: the task takes no more records until there is room', async () => {
    const asked = new Asked()
    const flow = driven(asked, { concurrency: 2 })
    put(flow, 'a1', 'b2', 'c3', 'd4')
    expect(asked.values).toEqual(['a1', 'b2'])
    await asked.answer('b2')
    flow.advance({ milliseconds: 0 })
    expect(asked.values).toEqual(['a1', 'b2', 'c3'])
    await asked.answer('a1', 'c3')
    flow.advance({ milliseconds: 0 })
    await asked.answer('d4')
    await flow.settle()
    expect([said(flow).length, asked.most]).toEqual([4, 2])
  })

  test('an answer that waits for one before it takes room too', async () => {
    const asked = new Asked()
    const flow = driven(asked, { concurrency: 2 })
    put(flow, 'a1', 'a2', 'a3')
    await asked.answer('a2')
    flow.advance({ milliseconds: 0 })
    expect(asked.values).toEqual(['a1', 'a2'])
  })

  test('the values of one record wait for room as well', async () => {
    const asked = new Asked()
    const results = from(input, { idle: 'off' })
      .flatMap((value) => [`${value}x`, `${value}y`, `${value}z`])
      .mapAsync('ask', asked.ask, { concurrency: 2 })
    const flow = drive(topology('app', results.to(output)))
    put(flow, 'a1', 'b2')
    expect(asked.values).toEqual(['a1x', 'a1y'])
    await asked.answer('a1x', 'a1y')
    flow.advance({ milliseconds: 0 })
    expect(asked.values).toEqual(['a1x', 'a1y', 'a1z', 'b2x'])
    await asked.answer('a1z')
    flow.advance({ milliseconds: 0 })
    expect(asked.values).toContain('b2y')
    await asked.answer('b2x', 'b2y')
    flow.advance({ milliseconds: 0 })
    await asked.answer('b2z')
    await flow.settle()
    expect(said(flow)).toHaveLength(6)
    expect(asked.most).toBe(2)
  })
})

describe('failures', () => {
  test('a rejection is the dead letter of its record, and takes back nothing else', async () => {
    const asked = new Asked()
    const flow = driven(asked, { onFailure: [deadLetter('unanswered')] })
    put(flow, 'a1', 'a2', 'b3')
    await asked.fail('a1')
    await asked.answer('a2', 'b3')
    await flow.settle()
    expect(said(flow).toSorted()).toEqual(['a=A2@2', 'b=B3@3'])
    const [letter] = flow.deadLetters('unanswered')
    expect([letter!.key!.toString(), letter!.value!.toString(), letter!.time]).toEqual(['a', 'a1', 1])
    expect(letter!.headers).toMatchObject({
      '__millrace.dlq.node': 'ask',
      '__millrace.dlq.stage': 'process',
      '__streams.errors.offset': '0',
      '__streams.errors.message': 'no a1',
    })
  })

  test('what throws behind the step is refused for the record that asked', async () => {
    const asked = new Asked()
    const results = mapped(asked).map((value) => {
      if (value === 'A1') throw new Error('behind')
      return value
    })
    const flow = drive(topology('app', results.to(output)))
    put(flow, 'a1', 'a2')
    await asked.answer('a1', 'a2')
    await flow.settle()
    expect(said(flow)).toEqual(['a=A2@2'])
    expect(flow.deadLetters('in').map(({ value }) => value!.toString())).toEqual(['a1'])
  })

  test('a handler that throws before its first await, and one that throws no error, fail', async () => {
    const ask = (value: string): Promise<string> => {
      if (value === 'a1') throw new Error('at once')
      return Promise.reject(null)
    }
    const results = from(input, { idle: 'off' }).mapAsync('ask', ask, { onFailure: [deadLetter('in')] })
    const flow = drive(topology('app', results.to(output)))
    put(flow, 'a1', 'a2')
    await flow.settle()
    expect(flow.deadLetters('in')).toHaveLength(2)
  })

  test('a record whose traces others may have built upon leaves none of them', async () => {
    const asked = new Asked()
    const source = from(input, { idle: 'off' })
    const flow = drive(
      topology(
        'app',
        source.count('counted').toStream().to(counts),
        source.to(copies),
        source.mapAsync('ask', asked.ask).to(output),
      ),
    )
    put(flow, 'a1', 'a2', 'a3')
    await asked.fail('a2')
    await asked.answer('a1', 'a3')
    flow.advance({ milliseconds: 0 })
    // Worked again without it, when all are answered: nobody is asked again.
    expect(asked.values).toEqual(['a1', 'a2', 'a3'])
    await flow.settle()
    expect(said(flow)).toEqual(['a=A1@1', 'a=A3@3'])
    expect(flow.take(copies).map(({ value }) => value)).toEqual(['a1', 'a3'])
    expect(flow.take(counts).map(({ value }) => value)).toEqual([1, 2])
    expect(flow.deadLetters('in').map(({ value }) => value!.toString())).toEqual(['a2'])
    expect(flow.counters).toMatchObject({ deadLetters: 1, aborts: 1 })
  })

  test('of many such records one more round is enough', async () => {
    const asked = new Asked()
    const source = from(input, { idle: 'off' })
    const flow = drive(topology('app', source.to(copies), source.mapAsync('ask', asked.ask).to(output)))
    put(flow, 'a1', 'a2', 'b3', 'b4')
    for (const value of ['b3', 'a1']) await asked.fail(value)
    await asked.answer('a2', 'b4')
    flow.advance({ milliseconds: 0 })
    await asked.answer('a2', 'b4')
    await flow.settle()
    expect(said(flow).toSorted()).toEqual(['a=A2@2', 'b=B4@4'])
    expect(flow.counters).toMatchObject({ deadLetters: 2, aborts: 1, commits: 1 })
  })

  test('of several values of a record one that fails takes all of them', async () => {
    const asked = new Asked()
    const results = from(input, { idle: 'off' })
      .flatMap((value) => [`${value}x`, `${value}y`])
      .mapAsync('ask', asked.ask)
    const flow = drive(topology('app', results.to(output)))
    put(flow, 'a1', 'a2')
    await asked.answer('a1x')
    flow.advance({ milliseconds: 0 })
    await asked.fail('a1y')
    await asked.answer('a2x', 'a2y')
    flow.advance({ milliseconds: 0 })
    await asked.answer('a2x', 'a2y')
    await flow.settle()
    expect(said(flow)).toEqual(['a=A2X@2', 'a=A2Y@2'])
    expect(flow.deadLetters('in').map(({ value }) => value!.toString())).toEqual(['a1'])
  })

  test('of a second step rejects the record with all that it left before', async () => {
    const [first, second] = [new Asked(), new Asked()]
    const once = mapped(first)
    const flow = drive(topology('app', once.to(copies), once.mapAsync('then', second.ask).to(output)))
    put(flow, 'a1', 'a2')
    await first.answer('a1', 'a2')
    flow.advance({ milliseconds: 0 })
    await second.fail('A1')
    await second.answer('A2')
    flow.advance({ milliseconds: 0 })
    await first.answer('a2')
    flow.advance({ milliseconds: 0 })
    await second.answer('A2')
    await flow.settle()
    expect([flow.take(copies).map(({ value }) => value), said(flow)]).toEqual([['A2'], ['a=A2@2']])
    expect(flow.deadLetters('in').map(({ value }) => value!.toString())).toEqual(['a1'])
  })

  test('of the row of a closed window is the dead letter of the row', async () => {
    const asked = new Asked()
    const rows = from(input, { idle: 'off' })
      .window(tumbling({ milliseconds: 10 }))
      .count('inner')
    const flow = drive(
      topology(
        'app',
        rows
          .map((count) => `row ${count}`)
          .mapAsync('ask', asked.ask)
          .to(output),
      ),
    )
    put(flow, 'a1', 'a2', 'a15')
    await asked.fail('row 2')
    await flow.settle()
    const [letter] = flow.deadLetters('in')
    expect([letter!.value!.toString(), letter!.headers['__streams.errors.offset']]).toEqual(['"row 2"', '-1'])
    flow.restart()
    put(flow, 'a16')
    expect(asked.values).toEqual(['row 2'])
  })

  test('skip drops the record, stop ends the worker and a restart begins at the record', async () => {
    const skipping = new Asked()
    const skipped = driven(skipping, { onFailure: [skip()] })
    put(skipped, 'a1')
    await skipping.fail('a1')
    await skipped.settle()
    expect(skipped.counters).toMatchObject({ skipped: 1, deadLetters: 0 })

    const asked = new Asked()
    const flow = driven(asked, { onFailure: [stop()] })
    put(flow, 'a1', 'a2')
    await asked.answer('a2')
    await asked.fail('a1')
    await expect(flow.settle()).rejects.toMatchObject({ code: 'MR4102' })
    flow.restart()
    put(flow, 'a3')
    expect(asked.values.slice(2)).toEqual(['a1', 'a2', 'a3'])
  })
})

describe('timeout', () => {
  test('fails the record, aborts the signal, and lets the others go', async () => {
    const asked = new Asked()
    const options = { timeout: { seconds: 2 }, concurrency: 2, onFailure: [deadLetter('in')] }
    const flow = driven(asked, options, { now: 0 })
    put(flow, 'a1', 'a2', 'b3')
    await asked.answer('a2')
    flow.advance({ milliseconds: 1_999 })
    expect([said(flow), asked.aborted]).toEqual([[], []])
    flow.advance({ milliseconds: 1 })
    expect(asked.aborted).toEqual(['a1'])
    await asked.answer('b3')
    await flow.settle()
    expect(said(flow)).toEqual(['a=A2@2', 'b=B3@3'])
    const [letter] = flow.deadLetters('in')
    expect(letter!.headers).toMatchObject({
      '__millrace.dlq.stage': 'timeout',
      '__millrace.dlq.error.code': 'MR4103',
    })
    await asked.answer('a1')
    await flow.settle()
    expect(said(flow)).toEqual([])
  })
})

describe('commit', () => {
  test('covers no record that waits: after a restart it is asked again, and told once', async () => {
    const asked = new Asked()
    const flow = driven(asked)
    put(flow, 'a1')
    await asked.answer('a1')
    await flow.settle()
    put(flow, 'b2', 'a3')
    await asked.answer('a3')
    flow.restart()
    expect(asked.aborted).toEqual(['b2'])
    flow.advance({ milliseconds: 0 })
    expect(asked.values).toEqual(['a1', 'b2', 'a3', 'b2', 'a3'])
    await asked.answer('b2', 'a3')
    await flow.settle()
    expect(said(flow)).toEqual(['a=A1@1', 'b=B2@2', 'a=A3@3'])
  })

  test('time waits too for what comes out only for the commit', async () => {
    const asked = new Asked()
    const latest = from(input, { idle: 'off' }).toTable('latest').coalesce().toStream()
    const answered = latest.map((value) => value ?? '').mapAsync('ask', asked.ask)
    const counted = answered.window(tumbling({ milliseconds: 10 })).count('w')
    const flow = drive(topology('app', counted.to(counts), counted.late.map(({ value }) => value).to(late)), { now: 0 })
    put(flow, 'a1')
    put(flow, 'b15')
    await asked.answer('a1', 'b15')
    flow.advance({ milliseconds: 0 })
    await asked.answer('b15')
    await flow.settle()
    expect(flow.take(late)).toEqual([])
    expect(flow.take(counts).map(({ value, time }) => `${value}@${time}`)).toEqual(['1@1'])
  })

  test('waits for what comes out only for it', async () => {
    const asked = new Asked()
    const table = from(input, { idle: 'off' }).toTable('latest').coalesce()
    const flow = drive(
      topology(
        'app',
        table
          .toStream()
          .map((value) => value ?? '')
          .mapAsync('ask', asked.ask)
          .to(output),
      ),
    )
    put(flow, 'a1')
    expect(asked.values).toEqual(['a1'])
    await asked.answer('a1')
    await flow.settle()
    expect(said(flow)).toEqual(['a=A1@1'])
  })
})

describe('event time', () => {
  const windowed = (asked: Asked) => {
    const window = mapped(asked)
      .window(tumbling({ milliseconds: 10 }))
      .count('per-ten')
    return drive(topology('app', window.to(counts), window.late.map(({ value, time }) => `${value}@${time}`).to(late)))
  }

  test('waits for the oldest record under way: nothing behind it comes late', async () => {
    const asked = new Asked()
    const flow = windowed(asked)
    put(flow, 'a1', 'b25', 'c31')
    await asked.answer('b25', 'c31')
    flow.advance({ milliseconds: 0 })
    await asked.answer('a1')
    await flow.settle()
    expect(flow.take(late)).toEqual([])
    expect(flow.take(counts).map(({ key, value, time }) => `${key}=${value}@${time}`)).toEqual(['a=1@1', 'b=1@25'])
  })

  test.each([1, 2, 3])('no order of answers makes a window miss a record (seed %i)', async (seed) => {
    const random = seededRandom(seed)
    const asked = new Asked()
    const flow = windowed(asked)
    const values = Array.from({ length: 40 }, (_, at) => `${'ab'.charAt(at % 2)}${at * 3 + 10}`)
    for (const value of values) {
      put(flow, value)
      if (random.next() < 0.7) await answerOne(asked, () => random.next())
      flow.advance({ milliseconds: 0 })
    }
    while (asked.underWay > 0) {
      await answerOne(asked, () => random.next())
      flow.advance({ milliseconds: 0 })
    }
    await flow.settle()
    flow.end()
    expect(flow.take(late)).toEqual([])
    const counted = flow.take(counts).reduce((sum, { value }) => sum + value, 0)
    expect(counted).toBe(values.length)
  })

  test('the wall clock does not move it while a record is under way', async () => {
    const asked = new Asked()
    const source = from(input, { idle: { after: { seconds: 1 } } })
    const window = source
      .mapAsync('ask', asked.ask, { timeout: { hours: 1 } })
      .window(tumbling({ seconds: 1 }))
      .count('w')
    const flow = drive(topology('app', window.to(counts)))
    put(flow, 'a1')
    flow.advance({ minutes: 1 })
    expect(flow.take(counts)).toEqual([])
    await asked.answer('a1')
    await flow.settle()
    flow.advance({ milliseconds: 999 })
    expect(flow.take(counts)).toEqual([])
    flow.advance({ milliseconds: 1 })
    expect(flow.take(counts)).toHaveLength(1)
  })

  test('closed windows may wait too, and steps behind them are told in time', async () => {
    const asked = new Asked()
    const perTen = from(input, { idle: 'off' })
      .window(tumbling({ milliseconds: 10 }))
      .count('inner')
    const rows = perTen.map((_count, { window }) => `from ${window.start.getTime()}`).mapAsync('ask', asked.ask)
    const outer = rows.window(tumbling({ milliseconds: 20 })).count('outer')
    const flow = drive(topology('app', outer.to(counts), outer.late.map(({ value }) => value).to(late)))
    put(flow, 'a1', 'a15', 'a45')
    put(flow, 'a99')
    flow.end()
    while (asked.underWay > 0) {
      await asked.answer(asked.open[0]!)
      flow.advance({ milliseconds: 0 })
    }
    await flow.settle()
    expect(flow.take(late)).toEqual([])
    expect(flow.take(counts).map(({ value, time }) => `${value}@${time}`)).toEqual(['2@15', '1@45', '1@99'])
  })

  test('records that do not wait move it no further than those that do', async () => {
    const asked = new Asked()
    const source = from(input, { idle: 'off' })
    const answered = source.mapAsync('ask', asked.ask)
    const pairs = source.join('pairs', answered, (one, other) => `${one} ${other}`, { within: { milliseconds: 5 } })
    const flow = drive(topology('app', pairs.to(output), pairs.late.map(({ value }) => value).to(late)))
    put(flow, 'a1', 'a100', 'a200')
    await asked.answer('a1', 'a100', 'a200')
    await flow.settle()
    expect(flow.take(late)).toEqual([])
    expect(said(flow)).toEqual(['a=a1 A1@1', 'a=a100 A100@100', 'a=a200 A200@200'])
  })

  test('crosses a repartition topic no sooner than the records', async () => {
    const asked = new Asked()
    const counted = mapped(asked)
      .keyBy('again', (value) => value[0]!)
      .window(tumbling({ milliseconds: 10 }))
      .count('w')
    const flow = drive(topology('app', counted.to(counts), counted.late.map(({ value }) => value).to(late)))
    put(flow, 'a1', 'b12', 'a13', 'c31')
    await asked.answer('c31', 'a13', 'b12')
    flow.advance({ milliseconds: 0 })
    await asked.answer('a1')
    await flow.settle()
    expect(flow.take(late)).toEqual([])
    expect(flow.take(counts).map(({ key, value, time }) => `${key}=${value}@${time}`)).toEqual([
      'A=1@1',
      'A=1@13',
      'B=1@12',
    ])
  })

  test('of two steps that wait, one behind the other, the second waits for what the first holds', async () => {
    const [first, second] = [new Asked(), new Asked()]
    const counted = mapped(first)
      .mapAsync('then', second.ask)
      .window(tumbling({ milliseconds: 10 }))
      .count('w')
    const flow = drive(topology('app', counted.to(counts), counted.late.map(({ value }) => value).to(late)))
    put(flow, 'a1', 'b25', 'b31')
    await first.answer('b25', 'b31')
    flow.advance({ milliseconds: 0 })
    await second.answer('B25', 'B31')
    flow.advance({ milliseconds: 0 })
    await first.answer('a1')
    flow.advance({ milliseconds: 0 })
    expect(flow.counters.commits).toBe(0)
    await second.answer('A1')
    await flow.settle()
    expect([flow.take(late), flow.take(counts).length]).toEqual([[], 2])
  })

  test('the end of a bounded run comes when all answers are there', async () => {
    const asked = new Asked()
    const flow = windowed(asked)
    put(flow, 'a1')
    flow.end()
    expect(flow.take(counts)).toEqual([])
    await asked.answer('a1')
    await flow.settle()
    expect(flow.take(counts)).toHaveLength(1)
  })
})

async function answerOne(asked: Asked, next: () => number): Promise<void> {
  const open = asked.open
  if (open.length > 0) await asked.answer(open[Math.floor(next() * open.length)]!)
}

describe('what handlers see', () => {
  test('is a copy of their own, with the headers of the record', async () => {
    const kept: unknown[] = []
    const headers = topic('seen', { key: nullable(text), value: json<unknown>() })
    const results = from(input, { idle: 'off' }).mapAsync('ask', async (value, context) => {
      await null
      kept.push([
        value,
        context.key,
        context.time,
        context.offset,
        context.topic,
        context.headers.map(({ name }) => name),
      ])
      return value
    })
    const flow = drive(
      topology('app', results.map((_value, context) => [context.offset, context.headers.length]).to(headers)),
    )
    flow.put(input, 'x', { key: 'a', time: 1, headers: { one: '1' } })
    flow.put(input, 'y', { key: 'b', time: 2 })
    await flow.settle()
    expect(kept).toEqual([
      ['x', 'a', 1, 0, 'in', ['one']],
      ['y', 'b', 2, 1, 'in', []],
    ])
    expect(flow.take(headers).map(({ value }) => value)).toEqual([
      [0, 1],
      [1, 0],
    ])
  })
})
