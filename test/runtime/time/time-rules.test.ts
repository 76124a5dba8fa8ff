/** The sentences of `semantics.md` 2 about event time, one row each, as a driven topology shows them. */
import { describe, expect, test } from 'vitest'
import { from, number, type SourceOptions, skip, text, topic, topology, tumbling } from '../../../src/index.ts'
import { type DriveOptions, drive, type Flow } from '../../../src/testing/drive.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const left = topic('left', { key: text, value: text })
const right = topic('right', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const lateOnes = topic('late', { key: text, value: text })
const seen = topic('seen', { key: text, value: text })

type Source = SourceOptions<string, string>

/** Counts per second of `left`; T of each late record beside it. */
function counted(source: Source, options?: DriveOptions): Flow {
  const windows = from(left, source)
    .window(tumbling({ seconds: 1 }))
    .count('per-second')
  const late = windows.late.map(({ operatorTime }) => String(operatorTime - noon))
  return drive(topology('counted', windows.to(counts), late.to(lateOnes)), options)
}

/** `left` and `right` in one task: the order in which records are taken. */
function merged(one: Source, other: Source = one, options?: DriveOptions): Flow {
  const both = from(left, one).merge(from(right, other))
  return drive(topology('merged', both.map((value) => value).to(seen)), { now: noon, ...options })
}

const put = (flow: Flow, at: number, value = 'x', to = left): void => {
  flow.put(to, value, { key: 'k', time: noon + at })
}
const closed = (flow: Flow): number[] => flow.take(counts).map(({ value }) => value)
const lateAt = (flow: Flow): string[] => flow.take(lateOnes).map(({ value }) => value)
const order = (flow: Flow): string[] => flow.take(seen).map(({ value }) => value)

describe('2.1 timestamps', () => {
  test("event time is Kafka's timestamp, unless the source says otherwise", () => {
    const flow = counted({ timestamp: (value) => noon + Number(value) })
    put(flow, 500_000, '0')
    put(flow, 0, '1000')
    expect(closed(flow)).toEqual([1])
  })

  test('only the head of a partition is decoded and stamped, when it is its turn', () => {
    const stamped: string[] = []
    const timestamp = (value: string, record: { readonly timestamp: number }): number => {
      stamped.push(value)
      return record.timestamp
    }
    const flow = merged({ wait: { minutes: 1 }, timestamp })
    for (const [at, value] of ['a', 'b', 'c'].entries()) put(flow, at, value)
    expect(stamped).toEqual(['a'])
    put(flow, 0, 'd', right)
    expect(stamped).toEqual(['a', 'd', 'b'])
  })

  test('offsets pass records that are refused, also when all that is there is refused', () => {
    const flow = counted({ onFailure: [skip()] })
    for (let each = 0; each < 3; each++) flow.putBytes(left, Buffer.from([0xff]), { key: Buffer.from('k'), time: noon })
    flow.restart()
    put(flow, 0)
    put(flow, 1_000)
    expect(closed(flow)).toEqual([1])
    expect(flow.counters).toMatchObject({ undecodable: 0, skipped: 0 })
  })
})

describe('2.4 empty partitions', () => {
  test('C7: always waits only while Kafka has more', () => {
    const flow = merged({})
    put(flow, 2, 'second')
    put(flow, 1, 'first', right)
    expect(order(flow)).toEqual(['second', 'first'])
    expect(flow.counters.enforced).toBe(0)
  })

  test('C7: a wait brings in order what comes within it', () => {
    const flow = merged({ wait: { seconds: 5 } })
    for (const at of [1, 3, 5]) put(flow, at, `l${at}`)
    for (const at of [2, 4, 6]) put(flow, at, `r${at}`, right)
    expect(order(flow)).toEqual(['l1', 'r2', 'l3', 'r4', 'l5'])
    for (const at of [2, 4]) put(flow, at, `l${at}`)
    expect(order(flow)).toEqual(['l2', 'l4'])
    flow.advance({ seconds: 5 })
    expect(order(flow)).toEqual(['r6'])
    expect(flow.counters.enforced).toBe(1)
  })

  test('C8: a wait of 1 ms is over at wall clock 1, not at 0', () => {
    const flow = merged({ wait: { milliseconds: 1 } })
    put(flow, 1, 'l1')
    expect(order(flow)).toEqual([])
    flow.advance({ milliseconds: 1 })
    expect(order(flow)).toEqual(['l1'])
  })

  test('each source says for itself how long it is waited for', () => {
    const flow = merged({ wait: { seconds: 5 } }, { wait: 'never' })
    put(flow, 1, 'l1')
    expect(order(flow)).toEqual(['l1'])
    put(flow, 2, 'r2', right)
    expect(order(flow)).toEqual([])
    flow.advance({ seconds: 5 })
    expect(order(flow)).toEqual(['r2'])
  })

  test('a wait that a restart interrupts begins anew; what was gone on without stays idle', () => {
    const flow = merged({ wait: { seconds: 5 } })
    put(flow, 1, 'l1')
    flow.advance({ seconds: 4 })
    flow.restart()
    flow.advance({ seconds: 4 })
    expect(order(flow)).toEqual([])
    flow.advance({ seconds: 5 })
    expect(order(flow)).toEqual(['l1'])
    flow.restart()
    put(flow, 2, 'l2')
    expect(order(flow)).toEqual(['l2'])
  })
})

describe('2.5 the watermark', () => {
  test('closing and lateness follow W, never the newest timestamp', () => {
    const flow = counted({ outOfOrderness: { seconds: 2 } })
    put(flow, 0)
    put(flow, 2_999)
    put(flow, 999)
    expect([closed(flow), lateAt(flow)]).toEqual([[], []])
    put(flow, 3_000)
    put(flow, 999)
    expect([closed(flow), lateAt(flow)]).toEqual([[2], ['1000']])
  })

  test('without outOfOrderness time is the newest timestamp', () => {
    const flow = counted({})
    put(flow, 0)
    put(flow, 1_000)
    put(flow, 999)
    expect([closed(flow), lateAt(flow)]).toEqual([[1], ['1000']])
  })

  test('a watermark of the source is behind its record, and nothing else moves time', () => {
    const flow = counted({ watermark: (value) => (value === 'x' ? null : noon + Number(value)), idle: 'off' })
    put(flow, 0)
    put(flow, 50_000)
    put(flow, 999)
    expect([closed(flow), lateAt(flow)]).toEqual([[], []])
    // Its own window closes with it, and holds it.
    put(flow, 998, '1000')
    expect([closed(flow), lateAt(flow)]).toEqual([[3], []])
    put(flow, 999, '500')
    expect([closed(flow), lateAt(flow)]).toEqual([[], ['1000']])
  })

  test('a watermark of the source is remembered over a restart', () => {
    const flow = counted({ watermark: (value) => Number(value) + noon })
    put(flow, 0, '1000')
    flow.restart()
    put(flow, 999, '0')
    expect([closed(flow), lateAt(flow)]).toEqual([[1], ['1000']])
  })
})

describe('2.6 idle sources', () => {
  test.each([
    ['30 s where nothing is said', {}, 30],
    ['as long as is said', { idle: { after: { seconds: 90 } } }, 90],
  ] as const)('time follows the wall clock after %s', (_what, source, seconds) => {
    const flow = counted(source)
    put(flow, 0)
    flow.advance({ milliseconds: seconds * 1_000 - 1 })
    expect(closed(flow)).toEqual([])
    flow.advance({ milliseconds: 1 })
    expect(closed(flow)).toEqual([1])
  })

  test('records behind such an advance are judged by the usual rules, also after a restart', () => {
    const flow = counted({})
    put(flow, 0)
    flow.advance({ seconds: 40 })
    flow.restart()
    put(flow, 39_000)
    put(flow, 40_500)
    put(flow, 41_000)
    expect([closed(flow), lateAt(flow)]).toEqual([[1, 1], ['40000']])
  })

  test('a task with records that it waits to take is not idle', () => {
    const flow = merged({ wait: { minutes: 5 } })
    put(flow, 0, 'l0')
    flow.advance({ minutes: 2 })
    expect(flow.decisions()[0]!.decisions).toEqual([])
    flow.advance({ minutes: 3 })
    expect(order(flow)).toEqual(['l0'])
  })
})

describe('2.8 marks', () => {
  test('are never taken from outside: headers of our own name are stripped at the source', () => {
    const headers: string[][] = []
    const looked = from(left).peek((_value, context) => void headers.push(context.headers.map(({ name }) => name)))
    const flow = drive(topology('looked', looked.to(seen)))
    const forged = { '__millrace.mark': '{"runId":null,"marks":[["left-0",9e15]]}', trace: '1' }
    flow.put(left, 'x', { key: 'k', time: noon, headers: forged })
    expect(headers).toEqual([['trace']])
  })
})

describe('2.16 the test kit', () => {
  test("starts its clock at the first record's time, and checks no lead unless asked to", () => {
    const flow = counted({})
    put(flow, 0)
    put(flow, 86_400_000 * 30)
    expect(closed(flow)).toEqual([1])
    expect(flow.counters.futureTimestamps).toBe(0)
    expect(flow.decisions()).toMatchObject([{ decisions: [] }])
  })

  test('at the end goes on without waiting, and decides nothing', () => {
    const flow = merged({ wait: { minutes: 5 } })
    put(flow, 0, 'l0')
    flow.end()
    expect(order(flow)).toEqual(['l0'])
    expect(flow.decisions()[0]!.decisions).toEqual([])
  })
})

describe('options that say nothing sensible are refused', () => {
  test.each([
    ['a negative wait', { wait: { milliseconds: -1 } }, 'MR1003'],
    ['a negative maxDrift', { maxDrift: { seconds: -1 } }, 'MR1003'],
    ['a watermark beside outOfOrderness', { watermark: () => null, outOfOrderness: { seconds: 1 } }, 'MR1005'],
  ] as const)('%s', (_what, source, code) => {
    expect(() => from(left, source as Source)).toThrow(expect.objectContaining({ code }))
  })

  test.each([{ watermark: () => 1 }, { wait: 'never' }, { maxDrift: { seconds: 1 } }] as Source[])(
    'a topic read twice with different %j',
    (source) => {
      const twice = () => topology('twice', from(left).to(seen), from(left, source).to(lateOnes))
      expect(twice).toThrow(expect.objectContaining({ code: 'MR4001' }))
    },
  )
})
