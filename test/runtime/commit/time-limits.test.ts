import { describe, expect, test } from 'vitest'
import { anyTime, TimeGate, timeLimitsIn } from '../../../src/runtime/commit/time-limits.ts'

const hour = 3_600_000
const minute = 60_000

function limitsOf(config: Record<string, string | null>) {
  return timeLimitsIn(new Map([['out', config]])).get('out')
}

describe('the limits of a topic', () => {
  test.each([
    ['as Kafka has them since 4.0', { 'message.timestamp.after.max.ms': `${hour}` }, [Infinity, hour - minute]],
    ['short ones', { 'message.timestamp.before.max.ms': '1000' }, [900, Infinity]],
    ['of topics of ours', anyTime, null],
    ['where Kafka knows of none', {}, null],
    [
      'where the broker stamps',
      { ...anyTime, 'message.timestamp.after.max.ms': '1', 'message.timestamp.type': 'LogAppendTime' },
      null,
    ],
  ])('%s', (_, config, expected) => {
    const limits = limitsOf(config)
    expect(limits === undefined ? null : [limits.before, limits.after]).toEqual(expected)
  })
})

describe('a time', () => {
  function gate(before: number, after: number) {
    let now = 10 * hour
    let looks = 0
    const looked = (): number => {
      looks++
      return now
    }
    const times = new TimeGate({ before, after }, looked)
    return {
      takes(time: number): boolean {
        try {
          times.check('out', time)
          return true
        } catch (error) {
          expect(error).toMatchObject({ kind: 'reject', code: 'MR3011' })
          return false
        }
      },
      pass: (span: number) => {
        now += span
      },
      looks: () => looks,
    }
  }

  test('is taken up to the limit, which goes with the clock', () => {
    const out = gate(Infinity, hour)
    expect([out.takes(11 * hour), out.takes(11 * hour + 1)]).toEqual([true, false])
    out.pass(1)
    expect(out.takes(11 * hour + 1)).toBe(true)
  })

  test('is compared with the clock only where it has to be', () => {
    const out = gate(Infinity, hour)
    for (let time = 0; time < 100; time++) out.takes(time)
    expect(out.looks()).toBe(1)
  })

  test('may be too old as well', () => {
    const out = gate(hour, Infinity)
    expect([out.takes(9 * hour), out.takes(9 * hour - 1), out.takes(1e15)]).toEqual([true, false, true])
    out.pass(1)
    expect(out.takes(9 * hour)).toBe(false)
  })
})
