/** Time behind foreign-key joins in real workers on the embedded broker. */
import { describe, expect, it } from 'vitest'
import { from, json, type Topology, table, text, topic, topology, tumbling } from '../../../src/index.ts'
import { partitionFor } from '../../../src/kafka/murmur2.ts'
import type { Input, RuntimeBench } from '../../contracts/runtime-tools.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique, until } from '../../contracts/tools.ts'

const partitions = 3
const owners = ['r1', 'r2', 'r3', 'r4']
const second = 1_000

interface Circle {
  readonly built: Topology
  readonly left: string
  readonly right: string
  readonly results: string
  readonly windows: string
}

/** @param itself the table follows itself */
async function circle(bench: RuntimeBench, itself = false): Promise<Circle> {
  const app = unique('circle')
  const [lefts, rights] = [table(`${app}.left`, { value: text }), table(`${app}.right`, { value: text })]
  const results = topic(`${app}.results`, { key: text, value: json<string | null>() })
  const windows = topic(`${app}.windows`, { key: text, value: json<(string | null)[]>() })
  const left = from(lefts)
  const right = itself ? left : from(rights)
  const joined = left
    .foreignKeyJoin(
      'owner',
      right,
      (value) => value.split(':')[0]!,
      (one, other) => `${one}+${other}`,
    )
    .toStream()
  const windowed = joined
    .window(tumbling({ seconds: 10 }))
    .aggregate('windows', { as: json<(string | null)[]>(), start: () => [], add: (all, value) => [...all, value] })
  const built = topology(app, joined.to(results), windowed.to(windows))
  await bench.create(partitions, lefts.name, rights.name, results.name, windows.name)
  return { built, left: lefts.name, right: rights.name, results: results.name, windows: windows.name }
}

function row(key: string, value: string, time: number): Input {
  return { key, value, time, partition: partitionFor(Buffer.from(key), partitions) }
}

/** Times of a second each, the rows of a round in ten. */
const lefts = (round: number): Input[] =>
  Array.from({ length: 30 }, (_, index) =>
    row(`l${index}`, `${owners[(index + round) % owners.length]}:${round}`, (round * 10 + (index % 10)) * second),
  )
const rights = (round: number): Input[] =>
  owners.map((key, index) => row(key, `${key}-${round}`, (round * 10 + index) * second))

interface Seen {
  readonly results: readonly string[]
  readonly windows: readonly string[]
}

/** Each result with the window it belongs to, and each that a window holds. */
async function seen(bench: RuntimeBench, { results, windows }: Circle): Promise<Seen> {
  const windowOf = (timestamp: number): number => Math.floor(timestamp / (10 * second))
  const single = (await bench.read(results)).map(({ key, value, timestamp }) => {
    return `${key} ${windowOf(Number(timestamp))} ${JSON.parse(String(value))}`
  })
  const together = (await bench.read(windows)).flatMap(({ key, value, timestamp }) => {
    const values = JSON.parse(String(value)) as (string | null)[]
    return values.map((each) => `${key} ${windowOf(Number(timestamp))} ${each}`)
  })
  return { results: single.sort(), windows: together.sort() }
}

describe('foreign-key joins in workers', () => {
  const bench = suiteBench()

  it('a bounded run of two workers ends, and all windows behind the join close', async () => {
    const made = await circle(bench)
    await bench.produce(made.right, rights(1))
    await bench.produce(made.left, [...lefts(1), ...lefts(2)])
    const workers = ['one', 'two'].map((instance) => bench.run(made.built, { instance, runId: 'shared' }))
    for (const summary of await Promise.all(workers)) expect(summary).toMatchObject({ late: 0, deadLetters: 0 })
    const { results, windows } = await seen(bench, made)
    expect(results.length).toBeGreaterThanOrEqual(30)
    expect(windows).toEqual(results)
  })

  it('so does one over a table that follows itself, and one with nothing on the right side', async () => {
    const [itself, alone] = [await circle(bench, true), await circle(bench)]
    await bench.produce(itself.left, [...rights(1), ...lefts(1)])
    await bench.produce(alone.left, lefts(1))
    expect(await bench.run(itself.built)).toMatchObject({ late: 0 })
    expect(await bench.run(alone.built)).toMatchObject({ late: 0 })
    const { results, windows } = await seen(bench, itself)
    expect(results.length).toBeGreaterThanOrEqual(30)
    expect(windows).toEqual(results)
  })

  it('a second run goes on where the first has ended', async () => {
    const made = await circle(bench)
    for (const round of [1, 2]) {
      await bench.produce(made.right, rights(round))
      await bench.produce(made.left, lefts(round))
      expect(await bench.run(made.built)).toMatchObject({ late: 0, deadLetters: 0 })
      const { results, windows } = await seen(bench, made)
      expect(windows).toEqual(results)
    }
  })

  it('a bounded run that was broken off goes on under its id', async () => {
    const made = await circle(bench)
    await bench.produce(made.right, rights(1))
    await bench.produce(made.left, lefts(1))
    // One that takes no part keeps tasks, so the first can't end before it is broken off.
    const outsider = bench.start(made.built, { instance: 'outsider' })
    await until('the outsider works', async () => (await bench.read(made.results)).length > 0)
    const first = bench.start(made.built, { instance: 'first', until: 'end', runId: 'once' })
    await until('the run has begun', async () => {
      const progress = await bench.read(`${made.built.name}.progress`)
      return progress.some(({ value }) => value?.toString().includes('"run":{"id":"once"'))
    })
    await first.stop()
    await outsider.stop()
    await bench.produce(made.left, lefts(2))
    expect(await bench.run(made.built, { instance: 'second', runId: 'once' })).toMatchObject({ late: 0 })
    const { results, windows } = await seen(bench, made)
    expect(results.length).toBeGreaterThanOrEqual(30)
    expect(windows).toEqual(results)
  })

  it('windows close while it runs, also behind another worker that has taken over', async () => {
    const made = await circle(bench)
    for (const round of [1, 2, 3]) {
      const worker = bench.start(made.built, { instance: `worker-${round}` })
      await bench.produce(made.right, rights(round))
      await bench.produce(made.left, lefts(round))
      // Those of this round, but for what belongs to the window that time stands in.
      await until('the windows of the rounds before are closed', async () => {
        const { results, windows } = await seen(bench, made)
        const isOver = (line: string): boolean => Number(line.split(' ')[1]) < round
        const over = results.filter(isOver)
        return results.length > over.length && isSame(windows, over)
      })
      expect(await worker.stop()).toMatchObject({ late: 0 })
    }
    const { results, windows } = await seen(bench, made)
    expect(windows.length).toBeGreaterThan(0)
    expect(results).toEqual(expect.arrayContaining([...windows]))
  })
})

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
