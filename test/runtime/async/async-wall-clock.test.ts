/** Steps that wait for answers behind periodic calls: what the wall clock asks for must not keep a commit from coming. */
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { from, json, nullable, text, topic, topology } from '../../../src/index.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique, until } from '../../contracts/tools.ts'

const timeout = 120_000

describe('periodic calls before a step that waits', () => {
  const bench = suiteBench()

  test('are committed also where answers take longer than their interval', { timeout }, async () => {
    const app = unique('asking')
    const items = topic(`${app}.items`, { key: text, value: text })
    const answers = topic(`${app}.answers`, { key: nullable(text), value: json<unknown>() })
    const asked: unknown[] = []
    let most = 0
    let underWay = 0
    const results = from(items)
      .process('p', {
        onRecord: () => [],
        everyWallClock: { every: { milliseconds: 5 }, run: ({ time }) => [time] },
      })
      .mapAsync(
        'slow',
        async (tick: unknown) => {
          asked.push(tick)
          most = Math.max(most, ++underWay)
          await delay(40)
          underWay--
          return tick
        },
        { concurrency: 4, timeout: { seconds: 3 } },
      )
    await bench.create(1, items.name, answers.name)
    const worker = bench.start(topology(app, results.to(answers)))
    await until('three are committed', async () => (await bench.read(answers.name)).length >= 3)
    await worker.stop()
    const told = (await bench.read(answers.name)).map(({ value }) => JSON.parse(value!.toString()) as number)
    expect(told).toEqual(told.toSorted((one, other) => one - other))
    expect(most).toBeLessThanOrEqual(4)
    expect(asked.length).toBe(told.length)
  })
})
