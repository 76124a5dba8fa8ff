/**
 * Random records, out of order, some rejected by a later step: what comes out is what the definition says, and the same
 * with transactions of any length, aborts and crashes between any two records.
 */
import { describe, expect, test } from 'vitest'
import { cogroup, from, json, nullable, table, text, topic, topology, versionedTable } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import type { Topology } from '../../../src/topology/topology.ts'
import { ms, output } from './kit.ts'
import { World } from './world.ts'

interface Put {
  readonly topic: string
  readonly key: string
  readonly value: string | null
  readonly time: number
}

interface Case {
  readonly topics: readonly string[]
  readonly made: () => Topology
  /** What comes out, as `key=value@time`; where the order of groups is free, what is last of each key. */
  readonly oracle: (puts: readonly Put[]) => string[]
  readonly lastOnly?: boolean
  /** Where what was held depends on the commits. */
  readonly nulls?: boolean
}

const bad = 'bad'
const check = <V>(value: V): V => {
  if (String(value).includes(bad)) throw new Error('bad')
  return value
}
const groupOf = (value: string): string => `g${value.length % 3}`
const rows = table('rows', { key: text, value: json<string>() })
const items = topic('items', { key: text, value: nullable(json<string>()) })
const others = topic('others', { key: text, value: nullable(json<string>()) })
const history = 15
const within = 8
const grace = 6

const isGood = ({ value }: Put): boolean => !value?.includes(bad)

/** The latest update of each key by time, the later one of two; every one that counts comes out. */
function latest(puts: readonly Put[]): { rows: Map<string, Put>; taken: Put[] } {
  const found = new Map<string, Put>()
  const taken = puts.filter(isGood).filter((put) => {
    const before = found.get(put.key)
    if (before !== undefined && put.time < before.time) return false
    found.set(put.key, put)
    return true
  })
  return { rows: found, taken }
}

const line = ({ key, value, time }: Put): string => `${key}=${value ?? '∅'}@${time}`

function dedupeOracle(puts: readonly Put[]): string[] {
  const passed: Put[] = []
  let now = -1
  for (const put of puts) {
    now = Math.max(now, put.time)
    const known = passed.filter(({ key, time }) => key === put.key && time >= now - within - grace)
    const isLate = put.time < now - grace
    if (isLate || known.some(({ time }) => Math.abs(time - put.time) <= within) || !isGood(put)) continue
    passed.push(put)
  }
  return passed.map(line)
}

/** Every record of `asks` says which row was valid at its time. */
function asOfOracle(puts: readonly Put[]): string[] {
  const versions = new Map<string, string | null>()
  let now = -1
  return puts.flatMap((put) => {
    now = Math.max(now, put.time)
    const { key, value, time } = put
    if (put.topic === 'prices') {
      if (time >= now - history) versions.set(`${key}@${time}`, value)
      return []
    }
    const times = [...versions.keys()]
      .filter((name) => name.startsWith(`${key}@`))
      .map((name) => Number(name.split('@')[1]))
    const at = Math.max(-1, ...times.filter((each) => each <= time))
    const isKnown = at >= 0 && (time >= now - history || at === Math.max(...times))
    return [line({ ...put, value: isKnown ? (versions.get(`${key}@${at}`) ?? '∅') : '∅' })]
  })
}

function ranked(puts: readonly Put[], count: number): string[] {
  return puts
    .map((put, offset) => ({ ...put, offset }))
    .sort((one, other) => other.value!.length - one.value!.length || one.time - other.time || one.offset - other.offset)
    .slice(0, count)
    .map(({ value }) => value!)
}

const longest = (one: string, other: string): number => other.length - one.length

const cases: Readonly<Record<string, Case>> = {
  'table by event time': {
    topics: ['rows'],
    nulls: true,
    made: () => topology('app', from(rows).map(check).to(output)),
    oracle: (puts) => latest(puts).taken.map(line),
  },
  'toTable by arrival': {
    topics: ['items'],
    nulls: true,
    made: () => topology('app', from(items).toTable('rows', { order: 'arrival' }).map(check).to(output)),
    oracle: (puts) => puts.filter(isGood).map(line),
  },
  dedupe: {
    topics: ['items'],
    made: () =>
      topology(
        'app',
        from(items)
          .dedupe('once', { within: ms(within), grace: ms(grace) })
          .map(check)
          .to(output),
      ),
    oracle: dedupeOracle,
  },
  'as of a version': {
    topics: ['prices', 'asks'],
    nulls: true,
    made: () => {
      const prices = from(versionedTable('prices', { key: text, value: json<string>(), history: ms(history) }))
      const asks = from(topic('asks', { key: text, value: nullable(json<string>()) })).map(() => 'at')
      return topology('app', asks.leftJoin(prices, (_ask, row) => row ?? '∅').to(output))
    },
    oracle: asOfOracle,
  },
  'count of groups': {
    topics: ['rows'],
    nulls: true,
    lastOnly: true,
    made: () => topology('app', from(rows).map(check).groupBy('by', groupOf).count('counts').to(output)),
    oracle(puts) {
      const counts = new Map<string, number>()
      const now = new Map<string, string | null>()
      const said = new Map<string, number>()
      for (const { key, value } of latest(puts).taken) {
        const before = now.get(key) ?? null
        now.set(key, value)
        if (before !== null) counts.set(groupOf(before), counts.get(groupOf(before))! - 1)
        if (value !== null) counts.set(groupOf(value), (counts.get(groupOf(value)) ?? 0) + 1)
        for (const [group, count] of counts) said.set(group, count)
      }
      return [...said].map(([group, count]) => `${group}=${count}`).sort()
    },
  },
  'top of a stream': {
    topics: ['items'],
    lastOnly: true,
    made: () =>
      topology(
        'app',
        from(items)
          .map((value) => check(value ?? ''))
          .top('best', 3, { compare: longest })
          .map(({ rank, value }, { key }) => [`${key}${rank}`, value] as const)
          .mapKeyValue((pair) => pair)
          .to(output),
      ),
    oracle(puts) {
      const keys = [...new Set(puts.map(({ key }) => key))]
      const places = keys.flatMap((key) =>
        ranked(
          puts.filter((put) => put.key === key && isGood(put)),
          3,
        ).map((value, rank) => `${key}${rank + 1}=${value}`),
      )
      return places.sort()
    },
  },
  'top of a grouped table': {
    topics: ['rows'],
    nulls: true,
    lastOnly: true,
    made: () =>
      topology(
        'app',
        from(rows)
          .map(check)
          .groupBy('by', groupOf)
          .top('best', 2, { compare: (one, other) => (one < other ? -1 : Number(one > other)) })
          .map(({ rank, value }, { key }) => [`${key}${rank}`, value] as const)
          .mapKeyValue((pair) => pair)
          .to(output),
      ),
    oracle(puts) {
      const left = [...latest(puts).rows.values()].flatMap(({ value }) => (value === null ? [] : [value])).sort()
      const groups = new Set(latest(puts).taken.flatMap(({ value }) => (value === null ? [] : [groupOf(value)])))
      return [...groups]
        .flatMap((group) => {
          const best = left.filter((value) => groupOf(value) === group).slice(0, 2)
          return best.map((value, rank) => `${group}${rank + 1}=${value}`)
        })
        .sort()
    },
  },
  cogroup: {
    topics: ['items', 'others'],
    nulls: true,
    made: () =>
      topology(
        'app',
        cogroup('sums', { as: text, start: '' })
          .add(from(items), (sum, value) => check(`${sum}+${value}`))
          .add(from(others), (sum, value) => check(`${sum}-${value}`))
          .table()
          .to(output),
      ),
    oracle(puts) {
      const sums = new Map<string, { sum: string; time: number }>()
      return puts
        .filter((put) => put.value !== null && isGood(put))
        .map((put) => {
          const before = sums.get(put.key) ?? { sum: '', time: -1 }
          const sum = `${before.sum}${put.topic === 'items' ? '+' : '-'}${put.value}`
          const time = Math.max(before.time, put.time)
          sums.set(put.key, { sum, time })
          return `${put.key}=${sum}@${time}`
        })
    },
  },
}

function drawn(random: Random, { topics, nulls = false }: Case): Put[] {
  return Array.from({ length: randomInteger(random, 5, 50) }, (_, index) => {
    const dice = randomInteger(random, 0, 9)
    const letters = 'xyz'.charAt(randomInteger(random, 0, 2)).repeat(randomInteger(random, 1, 4))
    return {
      topic: topics[randomInteger(random, 0, topics.length - 1)]!,
      key: 'abc'.charAt(randomInteger(random, 0, 2)),
      value: dice === 0 ? `${bad}${index}` : dice === 1 && nulls ? null : letters,
      time: Math.max(0, 2 * index - randomInteger(random, 0, 1) * randomInteger(random, 0, 30)),
    }
  })
}

function feed(world: World, { topic: to, key, value, time }: Put): void {
  world.put(to, key, value, time)
}

/** Commits, aborts and crashes wherever chance says. */
function troubled(made: Topology, puts: readonly Put[], random: Random): World {
  const world = new World(made)
  for (const put of puts) {
    feed(world, put)
    const dice = randomInteger(random, 0, 9)
    if (dice < 2) world.crash()
    if (dice === 2) world.abort()
    if (dice > 6) world.commit()
    if (dice === 9) world.crash()
  }
  world.commit()
  return world
}

function quiet(made: Topology, puts: readonly Put[]): World {
  const world = new World(made)
  for (const put of puts) {
    feed(world, put)
    world.commit()
  }
  return world
}

/** `key=value` of what is last of each key, deletions left out. */
function lastOf(said: readonly string[]): string[] {
  const last = new Map(said.map((each) => [each.slice(0, each.indexOf('=')), each.replace(/@-?\d+$/, '')]))
  return [...last.values()].filter((each) => !each.endsWith('=∅')).sort()
}

const seeds = Array.from({ length: 60 }, (_, seed) => seed)

describe.each(Object.keys(cases))('%s', (name) => {
  const wanted = cases[name]!

  test.each(seeds)('seed %i', (seed) => {
    const random = seededRandom(seed)
    const puts = drawn(random, wanted)
    const world = quiet(wanted.made(), puts)
    const said = world.said()
    expect(wanted.lastOnly ? lastOf(said) : said).toEqual(wanted.oracle(puts))
    const other = troubled(wanted.made(), puts, random)
    expect(other.said()).toEqual(said)
    for (const each of [world, other]) {
      for (const mark of [1_000, 1_001]) each.advance(mark)
      each.commit()
    }
    expect(other.contents()).toEqual(world.contents())
  })
})
