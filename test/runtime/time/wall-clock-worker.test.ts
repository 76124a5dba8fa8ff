/** Periodic calls by the wall clock in a worker: without records and under load; each is a decision in its transaction. */
import { describe, expect, test } from 'vitest'
import { from, json, nullable, text, topic, topology } from '../../../src/index.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique, until } from '../../contracts/tools.ts'

const timeout = 120_000

describe('periodic calls by the wall clock in a worker', () => {
  const bench = suiteBench()

  async function ticking() {
    const app = unique('ticking')
    const items = topic(`${app}.items`, { key: text, value: text })
    const ticks = topic(`${app}.ticks`, { key: nullable(text), value: json<unknown>() })
    const calls: number[] = []
    const results = from(items).process('p', {
      onRecord: () => [],
      everyWallClock: {
        every: { milliseconds: 20 },
        run({ time }) {
          calls.push(time)
          return [time]
        },
      },
    })
    await bench.create(1, items.name, ticks.name)
    return { built: topology(app, results.to(ticks)), app, items: items.name, ticks: ticks.name, calls }
  }

  test('come without any record, and what they say is committed once', { timeout }, async () => {
    const { built, app, ticks, calls } = await ticking()
    const worker = bench.start(built)
    await until('five are made', () => calls.length >= 5)
    await worker.stop()
    const told = (await bench.read(ticks)).map(({ value }) => JSON.parse(value!.toString()) as number)
    expect(told).toEqual(calls)
    const rows = (await bench.read(`${app}.progress`)).filter(({ key }) => key!.toString().includes('#'))
    const decisions = rows.map(({ value }) => JSON.parse(value!.toString()) as { kind: string; wallTime: number })
    // The first says only that the clock begins to count.
    expect(
      decisions
        .filter(({ kind }) => kind === 'timer')
        .map(({ wallTime }) => wallTime)
        .slice(1),
    ).toEqual(told)
  })

  test('come between records, however many there are', { timeout }, async () => {
    const { built, items, calls } = await ticking()
    const inputs = Array.from({ length: 20_000 }, (_, at) => ({ key: 'a', value: `${at}`, time: 1_000 + at }))
    const worker = bench.start(built)
    let isStopped = false
    const load = (async () => {
      while (!isStopped) await bench.produce(items, inputs)
    })()
    await until('five are made', () => calls.length >= 5)
    isStopped = true
    await load
    await worker.stop()
    expect(calls).toEqual(calls.toSorted((one, other) => one - other))
  })
})
