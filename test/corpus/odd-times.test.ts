/** Times that are odd for an unbounded run, and steps that fail a while: over driven topologies. */
import { describe, expect, test } from 'vitest'
import { from, number, reject, retry, text, topic, topology, tumbling } from '../../src/index.ts'
import { drive } from '../../src/testing/index.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const year = 365 * 86_400_000
const words = topic('words', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const late = topic('late', { key: text, value: text })
const shouts = topic('shouts', { key: text, value: text })

describe('in windows of an unbounded run', () => {
  const windows = from(words)
    .window(tumbling({ minutes: 1 }))
    .count('per-minute')
  const built = topology('times', windows.to(counts), windows.late.map(({ value }) => value).to(late))

  test.each<[string, number, 'late' | 'refused']>([
    ['1970', 0, 'late'],
    ['a year back', noon - year, 'late'],
    ['in ten years', noon + 10 * year, 'refused'],
    ['two days ahead', noon + 2 * 86_400_000, 'refused'],
    ['none at all', -1, 'refused'],
    ['before 1970', -86_400_000, 'refused'],
  ])('a record of the time %s is %s, and time does not follow it', (_, time, expected) => {
    const flow = drive(built, { now: noon, maxLead: 'as declared' })
    const put = (value: string, at: number) =>
      flow.putBytes(words, Buffer.from(value), { key: Buffer.from('k'), time: at })
    put('first', noon)
    put('odd', time)
    put('second', noon + 1_000)
    put('next minute', noon + 60_000)
    expect(flow.take(counts).map(({ value }) => value)).toEqual([2])
    expect(flow.take(late).map(({ value }) => value)).toEqual(expected === 'late' ? ['odd'] : [])
    const letters = flow.deadLetters('words').map(({ value, headers }) => [`${value}`, headers['__millrace.dlq.stage']])
    expect(letters).toEqual(expected === 'refused' ? [['odd', 'deserialize']] : [])
  })
})

describe('a step that waits', () => {
  function asked(answers: readonly (() => string)[], times: number) {
    let calls = 0
    const ask = async (): Promise<string> => answers[Math.min(calls++, answers.length - 1)]!()
    const onFailure = [retry({ times, backoff: [{ milliseconds: 1 }, { milliseconds: 2 }] })]
    const flow = drive(topology('asks', from(words).mapAsync('ask', ask, { onFailure }).to(shouts)), { now: noon })
    flow.put(words, 'v', { key: 'k', time: noon })
    return { flow, calls: () => calls }
  }
  const down = (): never => {
    throw new Error('down')
  }

  async function settled({ flow }: ReturnType<typeof asked>): Promise<void> {
    for (let round = 0; round < 20; round++) {
      flow.advance({ milliseconds: 10 })
      await new Promise((resolve) => setImmediate(resolve))
    }
    await flow.settle()
  }

  test('and fails three times, then works: once, and nothing else', async () => {
    const world = asked([down, down, down, () => 'V'], 3)
    await settled(world)
    expect(world.flow.take(shouts).map(({ value }) => value)).toEqual(['V'])
    expect([world.flow.deadLetters('words'), world.calls()]).toEqual([[], 4])
  })

  test('and refuses a record is not asked again', async () => {
    const world = asked([() => Promise.reject(reject('no')) as never], 3)
    await settled(world)
    expect(world.flow.deadLetters('words')).toHaveLength(1)
    expect(world.calls()).toBe(1)
  })
})
