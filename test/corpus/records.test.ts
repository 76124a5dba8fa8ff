/** Records that are odd as records, whatever is in them: sizes, headers, times, batches. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { add, header, type RawRecord, textsOf, valueFor, write } from './records.ts'
import { Desk, type Work } from './worked.ts'

let desk: Desk
beforeAll(async () => {
  desk = await Desk.open()
})
afterAll(() => desk.close())

const fails = (): never => {
  throw new Error('no')
}

/** Records in batches of their own. */
function given(...records: readonly RawRecord[]): Pick<Work, 'fill'> {
  return { fill: (client, topic) => write(client, topic, records) }
}

describe('size', () => {
  const limit = 4_000
  const outputConfigs = { 'max.message.bytes': String(limit) }

  test.each([
    [limit - 1, 'ok'],
    [limit, 'ok'],
    [limit + 1, 'DL(produce)'],
  ])('a batch of %i bytes for a topic that takes 4000 is %s', async (bytes, expected) => {
    const value = valueFor(bytes)
    const { out, letters } = await desk.work({ ...given({ value }), outputConfigs })
    expect(out.length).toBe(expected === 'ok' ? 1 : 0)
    expect(letters.map((letter) => [textsOf(letter.headers)['__millrace.dlq.stage'], letter.value])).toEqual(
      expected === 'ok' ? [] : [['produce', value]],
    )
  })

  test('10 MB go through topics that take them; a dead letter of them holds them', async () => {
    const configs = { 'max.message.bytes': '12000000' }
    const value = Buffer.alloc(10_000_000, 'x')
    const work = { ...given({ value }), configs, outputConfigs: configs }
    expect((await desk.work(work)).out[0]!.value!.equals(value)).toBe(true)
    expect((await desk.work({ ...work, step: fails })).letters[0]!.value!.equals(value)).toBe(true)
  })

  test('a batch of 100,000 empty records', async () => {
    const fill: Work['fill'] = async (client, topic) => {
      const batch = new BatchBuilder()
      for (let count = 0; count < 100_000; count++) add(batch, { key: null, value: '' })
      const producer = client.producer()
      await producer.append({ topic, partition: 0 }, batch)
      await producer.close()
    }
    const { out } = await desk.work({ fill, configs: { 'max.message.bytes': '10000000' } })
    expect(out.length).toBe(100_000)
    expect(out.every(({ key, value }) => key === null && value!.length === 0)).toBe(true)
  })
})

describe('headers', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => header(`h${at}`, `${at}`))

  test('10,000 of them: worked, and kept in a dead letter in their order', async () => {
    const record = { value: 'v', headers: many }
    expect((await desk.work(given(record))).out).toHaveLength(1)
    const { letters } = await desk.work({ ...given(record), step: fails })
    expect(letters[0]!.headers.slice(0, 10_000).map(({ name }) => name)).toEqual(many.map(({ name }) => name))
  })

  test('one of nearly 1 MB: worked; where a dead letter has no room for it, a pointer', async () => {
    const record = { value: 'v', headers: [header('big', 'x'.repeat(1_000_000))] }
    expect((await desk.work(given(record))).out).toHaveLength(1)
    const { letters } = await desk.work({ ...given(record), step: fails, configs: { 'max.message.bytes': '1048588' } })
    const texts = textsOf(letters[0]!.headers)
    if (texts.big === undefined)
      expect(texts['__millrace.dlq.pointer.sha256']).toBe(createHash('sha256').update('v').digest('hex'))
    else expect(letters[0]!.value!.toString()).toBe('v')
  })

  test('without a value, and with the same name twice: kept in their order', async () => {
    const headers = [header('a', '1'), header('b', null), header('a', '2'), header('traceparent', 'not-a-trace')]
    const { letters } = await desk.work({ ...given({ value: 'v', headers }), step: fails })
    expect(letters[0]!.headers.slice(0, 4).map(({ name, value }) => [name, value && `${Buffer.from(value)}`])).toEqual([
      ['a', '1'],
      ['b', null],
      ['a', '2'],
      ['traceparent', 'not-a-trace'],
    ])
  })

  const spoofed = [
    ...['topic', 'partition', 'offset', 'exception'].map((name) => header(`__streams.errors.${name}`, '99')),
    ...['node', 'stage', 'redrive.count', 'pointer', 'attempts'].map((name) => header(`__millrace.dlq.${name}`, '99')),
    ...['topic', 'offset', 'attempts', 'redriveCount'].map((name) => header(`__millrace.reentry.${name}`, '99')),
    header('__millrace.mark', '{"runId":null,"marks":[["nobody-0","end"]]}'),
  ]

  test('that speak our words change nothing', async () => {
    const plain = await desk.work(given({ value: 'v' }))
    const marked = await desk.work(
      given({ key: null, value: null, headers: spoofed }, { value: 'v', headers: spoofed }),
    )
    expect([plain.out.length, marked.out.length]).toEqual([1, 2])
    const { letters } = await desk.work({ ...given({ value: 'v', headers: spoofed }), step: fails })
    const [letter] = letters
    const texts = textsOf(letter!.headers)
    expect(letter!.headers.filter(({ name, value }) => name.startsWith('__millrace.') && `${value}` === '99')).toEqual(
      [],
    )
    expect(texts).toMatchObject({
      '__streams.errors.partition': '0',
      '__streams.errors.offset': '0',
      '__millrace.dlq.stage': 'process',
      '__millrace.dlq.redrive.count': '0',
    })
    expect(texts['__millrace.dlq.pointer']).toBeUndefined()
  })
})

describe('time', () => {
  const anyTime = { 'message.timestamp.after.max.ms': '9223372036854775807' }
  const year = 31_536_000_000

  test('ahead of what the output takes: one dead letter, no stop', async () => {
    const [near, far] = [Date.now() + 600_000, Date.now() + 10 * year]
    const { out, letters } = await desk.work({
      ...given({ value: 'v', time: far }, { value: 'w', time: near }),
      configs: anyTime,
    })
    expect(out.map(({ value }) => `${value}`)).toEqual(['w'])
    const texts = textsOf(letters[0]!.headers)
    expect(texts).toMatchObject({ '__millrace.dlq.stage': 'produce', '__millrace.dlq.error.code': 'MR3011' })
    expect(texts['__millrace.dlq.source.timestamp']).toBe(`${far}`)
  })

  test.each([
    ['-1, no time at all', -1, 'MR3003'],
    ['0', 0, null],
    ['1970', 86_400_000, null],
    ['a year ago', Date.now() - year, null],
    ['in ten years, of a bounded run', Date.now() + 10 * year, null],
    ['beyond every calendar', 8_700_000_000_000_000, 'MR3003'],
    ['a leap second', Date.UTC(2016, 11, 31, 23, 59, 60), null],
    ['an hour that clocks had twice', Date.UTC(2025, 9, 26, 0, 30), null],
  ])('%s', async (_, time, code) => {
    const { out, letters } = await desk.work({
      ...given({ value: 'v', time }),
      configs: anyTime,
      outputConfigs: anyTime,
    })
    expect(out.map(({ timestamp }) => timestamp)).toEqual(code === null ? [time] : [])
    expect(letters.map(({ headers }) => textsOf(headers)['__millrace.dlq.error.code'])).toEqual(code ? [code] : [])
    if (code) expect(textsOf(letters[0]!.headers)['__millrace.dlq.source.timestamp']).toBe(`${time}`)
  })

  test('LogAppendTime: what the broker says counts, not what the record says', async () => {
    const before = Date.now()
    const configs = { ...anyTime, 'message.timestamp.type': 'LogAppendTime' }
    const { out, letters } = await desk.work({ ...given({ value: 'v', time: 5 }), configs })
    expect(letters).toEqual([])
    expect(out[0]!.timestamp).toBeGreaterThanOrEqual(before)
    const failed = await desk.work({ ...given({ value: 'v', time: 5 }), configs, step: fails })
    expect(textsOf(failed.letters[0]!.headers)['__millrace.dlq.source.timestamp.type']).toBe('LogAppendTime')
  })
})

test('ends of transactions in a topic of the user: passed over', async () => {
  const fill: Work['fill'] = async (client, topic) => {
    const transactions = client.transactions('corpus-writer', { timeout: { seconds: 10 } })
    await transactions.init()
    for (const value of ['a', 'b']) {
      const batch = new BatchBuilder()
      add(batch, { value })
      await transactions.append({ topic, partition: 0 }, batch)
      await transactions.commit()
    }
    await transactions.close()
  }
  const { out, letters, summary } = await desk.work({ fill })
  expect([out.map(({ value }) => `${value}`), letters, summary.recordsIn]).toEqual([['a', 'b'], [], 2])
})
