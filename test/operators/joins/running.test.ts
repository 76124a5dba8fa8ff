/** Joins in real workers on the embedded broker: through repartition topics, over partitions, with a restart between. */
import { describe, expect, it } from 'vitest'
import { from, table, text, topic, topology } from '../../../src/index.ts'
import { partitionFor } from '../../../src/kafka/murmur2.ts'
import type { Input, RuntimeBench } from '../../contracts/runtime-tools.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique, until } from '../../contracts/tools.ts'
import { pair } from './script.ts'

const partitions = 3
const partitionOf = (key: string): number => partitionFor(Buffer.from(key), partitions)

describe('joins in workers', () => {
  const bench = suiteBench()

  it('pairs every record once, and says each that found none once, over two bounded runs', async () => {
    const app = unique('pairs')
    const [lefts, rights] = [topic(`${app}.left`, { value: text }), topic(`${app}.right`, { value: text })]
    const output = topic(`${app}.out`, { key: text, value: text })
    const keyed = (name: string, of: typeof lefts) => from(of).keyBy(name, (value) => value.split(':')[0]!)
    const joined = keyed('by-left', lefts).outerJoin('pairs', keyed('by-right', rights), pair, {
      within: { seconds: 5 },
      grace: { hours: 1 },
    })
    await bench.create(partitions, lefts.name, rights.name, output.name)
    const built = topology(app, joined.to(output))
    const records = (side: string, first: number, count: number): Input[] =>
      Array.from({ length: count }, (_, index) => ({
        value: `k${(first + index) % 7}:${side}${first + index}`,
        time: (first + index) * (side === 'L' ? 3_000 : 4_000),
        partition: index % partitions,
      }))
    const all: { L: Input[]; R: Input[] } = { L: [], R: [] }
    for (const [first, count] of [
      [0, 60],
      [4_000, 60],
    ] as const) {
      const given = { L: records('L', first, count), R: records('R', first, count) }
      await bench.produce(lefts.name, given.L)
      await bench.produce(rights.name, given.R)
      all.L.push(...given.L)
      all.R.push(...given.R)
      expect(await bench.run(built)).toMatchObject({ late: 0, deadLetters: 0 })
    }
    expect((await valuesOf(bench, output.name)).sort()).toEqual(outerPairs(all.L, all.R).sort())
  })

  it('follows foreign keys between partitions, also after a restart', async () => {
    const app = unique('owners')
    const [lefts, rights] = [table(`${app}.left`, { value: text }), table(`${app}.right`, { value: text })]
    const output = table(`${app}.out`, { value: text })
    const joined = from(lefts).foreignKeyJoin('owner', from(rights), (value) => value.split(':')[0]!, pair)
    await bench.create(partitions, lefts.name, rights.name, output.name)
    const built = topology(app, joined.to(output))
    const expected = new Map<string, string>()
    for (const round of [1, 2]) {
      const running = bench.start(built)
      const owners = ['r1', 'r2', 'r3', 'r4']
      const left = Array.from({ length: 20 }, (_, index) => `l${index}`)
      const named = (key: string): string => owners[(Number(key.slice(1)) + round) % owners.length]!
      await bench.produce(
        rights.name,
        owners.map((key) => row(key, `${key}-${round}`, round)),
      )
      await bench.produce(
        lefts.name,
        left.map((key) => row(key, `${named(key)}:${round}`, round)),
      )
      for (const key of left) expected.set(key, `${named(key)}:${round}${named(key)}-${round}`)
      await until('each left row is out with its owner', async () => isSame(await rowsOf(bench, output.name), expected))
      await running.stop()
    }
  })
})

function row(key: string, value: string, time: number): Input {
  return { key, value, time, partition: partitionOf(key) }
}

async function valuesOf(bench: RuntimeBench, name: string): Promise<string[]> {
  return (await bench.read(name)).map(({ value }) => value!.toString())
}

async function rowsOf(bench: RuntimeBench, name: string): Promise<Map<string, string>> {
  return new Map((await bench.read(name)).map(({ key, value }) => [String(key), String(value)]))
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value)
}

function outerPairs(lefts: readonly Input[], rights: readonly Input[]): string[] {
  const isPair = (one: Input, other: Input): boolean =>
    String(one.value).split(':')[0] === String(other.value).split(':')[0] && Math.abs(one.time - other.time) <= 5_000
  const pairs = lefts.flatMap((one) =>
    rights.filter((other) => isPair(one, other)).map((other) => pair(String(one.value), String(other.value))),
  )
  const onlyLeft = lefts.filter((one) => !rights.some((other) => isPair(one, other)))
  const onlyRight = rights.filter((other) => !lefts.some((one) => isPair(one, other)))
  return [
    ...pairs,
    ...onlyLeft.map(({ value }) => pair(String(value), undefined)),
    ...onlyRight.map(({ value }) => pair(undefined, String(value))),
  ]
}
