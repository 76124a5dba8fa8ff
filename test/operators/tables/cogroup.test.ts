import { describe, expect, test } from 'vitest'
import { cogroup, from, json, nullable, session, sliding, text, topic, topology, tumbling } from '../../../src/index.ts'
import { drive } from '../../../src/testing/index.ts'
import { codeOf, lateLine, lateOutput, ms, output } from './kit.ts'

const value = nullable(json<string>())
const orders = topic('orders', { key: text, value })
const returns = topic('returns', { key: text, value })
const append =
  (sign: string) =>
  (sum: string, what: string | null): string =>
    `${sum}${sign}${what ?? '~'}`
const sum = { as: text, start: '' }
const basket = () => cogroup('basket', sum).add(from(orders), append('+')).add(from(returns), append('-'))

function flowOf(made: Parameters<typeof drive>[0]) {
  const flow = drive(made, { now: 0 })
  const said = (): string[] => flow.take(output).map(({ key, value: what, time }) => `${key}=${what}@${time}`)
  return {
    flow,
    said,
    put(to: typeof orders, key: string, what: string | null, time: number): string[] {
      flow.put(to, what, { key, time })
      return said()
    },
  }
}

describe('cogroup without windows', () => {
  test('each stream has its own fold, all of one sum per key', () => {
    const { put } = flowOf(topology('app', basket().table().to(output)))
    expect(put(orders, 'a', 'x', 1)).toEqual(['a=+x@1'])
    expect(put(returns, 'a', 'y', 2)).toEqual(['a=+x-y@2'])
    expect(put(returns, 'b', 'z', 3)).toEqual(['b=-z@3'])
    expect(put(orders, 'b', 'z', 1)).toEqual(['b=-z+z@3'])
  })

  test('null values are skipped', () => {
    const { put, flow } = flowOf(topology('app', basket().table().to(output)))
    expect(put(orders, 'a', null, 1)).toEqual([])
    expect(flow.counters.filtered).toBe(1)
  })

  test('a restart loses nothing', () => {
    const { put, flow } = flowOf(topology('app', basket().table().to(output)))
    put(orders, 'a', 'x', 1)
    flow.restart()
    expect(put(returns, 'a', 'y', 2)).toEqual(['a=+x-y@2'])
  })

  test('a stream may be added twice: each of its records is folded twice', () => {
    const twice = cogroup('twice', sum).add(from(orders), append('+')).add(from(orders), append('*'))
    const { put } = flowOf(topology('app', twice.table().to(output)))
    expect(put(orders, 'a', 'x', 1)).toEqual(['a=+x@1', 'a=+x*x@1'])
  })

  test('it is a value: adding to it changes nothing', () => {
    const one = cogroup('one', sum).add(from(orders), append('+'))
    one.add(from(returns), append('-'))
    const { put } = flowOf(topology('app', one.table().to(output)))
    expect(put(orders, 'a', 'x', 1)).toEqual(['a=+x@1'])
    expect(() => put(returns, 'a', 'x', 1)).toThrow(/does not read/)
  })

  test('the partitions of its topics must be equal', () => {
    const graph = topology('app', basket().table().to(output))
    expect(() => drive(graph, { partitions: 2 })).not.toThrow()
  })

  test('names are checked', () => {
    expect(codeOf(() => cogroup('no slash/', sum))).toBe('MR4002')
  })
})

describe('cogroup with windows', () => {
  test('one sum per key and window, when it closes', () => {
    const { put } = flowOf(
      topology(
        'app',
        basket()
          .window(tumbling(ms(10)))
          .to(output),
      ),
    )
    put(orders, 'a', 'x', 1)
    put(returns, 'a', 'y', 9)
    expect(put(orders, 'a', 'z', 10)).toEqual(['a=+x-y@9'])
  })

  test('late records are those of the streams', () => {
    const windows = basket().window(tumbling(ms(10)))
    const lines = windows.late.map((late) => lateLine(late))
    const { put, flow } = flowOf(topology('app', windows.to(output), lines.to(lateOutput)))
    put(orders, 'a', 'x', 20)
    put(returns, 'a', 'y', 5)
    expect(flow.take(lateOutput).map((late) => late.value)).toEqual(['y@5 window-closed at 20 by basket'])
  })

  test('sessions are merged', () => {
    const merging = { ...sum, merge: (one: string, other: string) => `${one}|${other}` }
    const visits = cogroup('visits', merging).add(from(orders), append('+')).add(from(returns), append('-'))
    const { put } = flowOf(topology('app', visits.window(session(ms(10), { grace: ms(100) })).to(output)))
    put(orders, 'a', 'x', 1)
    put(returns, 'a', 'y', 20)
    put(orders, 'a', 'z', 11)
    expect(put(orders, 'a', 'later', 1_000)).toEqual([expect.stringMatching(/^a=.*\|.*@20$/)])
  })

  test('sliding windows skip null values', () => {
    const { put, flow } = flowOf(
      topology(
        'app',
        basket()
          .window(sliding(ms(10)))
          .to(output),
      ),
    )
    put(orders, 'a', null, 1)
    expect(flow.counters.filtered).toBe(1)
  })
})
