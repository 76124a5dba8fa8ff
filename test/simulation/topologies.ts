/** The topologies that the project simulates itself: each mechanism that keeps something, once, and small. */
import {
  breaker,
  deadLetter,
  from,
  json,
  number,
  park,
  retry,
  retryLater,
  retryTopics,
  session,
  type Topology,
  table,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'
import { type Feed, feed, type Simulation, type Surroundings, simulation } from '../../src/testing/index.ts'

const items = topic('items', { key: text, value: text })
const copies = topic('copies', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const late = topic('late', { key: text, value: text })
const numbers = topic('numbers', { key: text, value: json<{ readonly number: number }>() })
const owners = table('owners', { key: text, value: text })

const second = 1_000
const keys = 40
const disorder = 2 * second

const keyOf = (random: { next(): number }): string => `k${Math.floor(random.next() * keys)}`

/** Up to two seconds out of order, and each value once. */
const unique: Feed = feed(items, ({ index, random, now }) => ({
  key: keyOf(random),
  value: `i${index}`,
  time: now - Math.floor(random.next() * disorder),
}))

/** The same with few values, so that they repeat. */
const words: Feed = feed(items, ({ index, random, now }) => ({
  key: keyOf(random),
  value: `w${index % 11}`,
  time: now - Math.floor(random.next() * disorder),
}))

const numbered: Feed = feed(numbers, ({ index, random, now }) => ({
  key: keyOf(random),
  value: { number: index },
  time: now,
}))

/** Bursts of a key with pauses longer than a session's gap. */
const bursts: Feed = feed(items, ({ index, random, now }) => ({
  key: `k${Math.floor(index / 60) % 5}`,
  value: `i${index}`,
  time: now - Math.floor(random.next() * second),
}))

const source = () => from(items, { outOfOrderness: { milliseconds: disorder }, idle: 'off' })

function mapAndFilter(): Topology {
  const kept = source()
    .filter((item) => !item.endsWith('7'))
    .map((item) => item.toUpperCase())
  return topology('map-filter', kept.to(copies))
}

function repartition(): Topology {
  const windows = source()
    .keyBy('word', (word) => word)
    .window(tumbling({ seconds: 5 }))
    .count('per-word')
  return topology('repartition', windows.to(counts), windows.late.map(({ value }) => value).to(late))
}

/** Partitions are idle now and then: time follows the wall clock, and what comes after that is late. */
function idle(): Topology {
  const windows = from(items, { outOfOrderness: { seconds: 1 }, idle: { after: { seconds: 5 } } })
    .window(tumbling({ seconds: 5 }))
    .count('per-key')
  return topology('idle', windows.to(counts), windows.late.map(({ value }) => value).to(late))
}

function sessions(): Topology {
  return topology(
    'sessions',
    source()
      .window(session({ seconds: 3 }))
      .count('visits')
      .to(counts),
  )
}

function joined(): Topology {
  const pairs = from(items, { idle: 'off' }).leftJoin(
    from(owners, { idle: 'off' }),
    (item, owner) => `${item} ${owner}`,
  )
  return topology('joined', pairs.to(copies))
}

function running(): Topology {
  const totals = from(items, { idle: 'off' }).count('totals')
  return topology('running', totals.toStream().to(counts))
}

function deduped(): Topology {
  return topology(
    'deduped',
    source()
      .dedupe('once', { within: { seconds: 5 } })
      .to(copies),
  )
}

const isPoison = (value: number): boolean => value % 97 === 13

function letters(): Topology {
  const mapped = from(numbers, { idle: 'off', onFailure: [deadLetter('numbers')] }).map(({ number: value }) => {
    if (isPoison(value)) throw new Error(`nobody can take ${value}`)
    return `${value}`
  })
  return topology('letters', mapped.to(copies))
}

function parked(): Topology {
  const mapped = from(numbers, { idle: 'off' }).map(
    ({ number: value }) => {
      if (value % 397 === 13) throw new Error(`nobody can take ${value}`)
      return `${value}`
    },
    { onFailure: [park('parked')] },
  )
  return topology('parked', mapped.to(copies))
}

function retried(): Topology {
  const mapped = from(numbers, { idle: 'off' }).map(
    ({ number: value }) => {
      if (isPoison(value)) throw retryLater(`${value} is not there yet`)
      return `${value}`
    },
    { onFailure: [retryTopics('soon', [{ seconds: 2 }, { seconds: 5 }]), deadLetter('never')] },
  )
  return topology('retried', mapped.to(copies))
}

/** A neighbour that takes its time, fails now and then, and is down for two seconds of every twenty. */
function asked({ pause, random, clock }: Surroundings): Topology {
  const ask = async (item: string): Promise<string> => {
    await pause(1 + Math.floor(random.next() * 20))
    const isDown = clock.now() % 20_000 < 2_000
    if (isDown || random.next() < 0.01) throw new Error('503 service unavailable')
    return `${item} scored`
  }
  const policies = [
    retry({ times: 5, backoff: [{ milliseconds: 10 }, { milliseconds: 50 }] }),
    breaker('neighbour', { opensAfter: 3, coolsFor: { seconds: 1 }, closesAfter: 1 }),
    deadLetter('unasked'),
  ]
  return topology(
    'asked',
    from(items, { idle: 'off' }).mapAsync('ask', ask, { concurrency: 16, onFailure: policies }).to(copies),
  )
}

export const simulations: readonly Simulation[] = [
  simulation('map-filter', mapAndFilter, { input: [unique] }),
  simulation('repartition', repartition, { input: [words] }),
  simulation('idle', idle, { input: [words] }),
  simulation('sessions', sessions, { input: [bursts] }),
  simulation('joined', joined, {
    input: [
      feed(items, ({ index, random, now }) => ({ key: keyOf(random), value: `i${index}`, time: now }), { share: 3 }),
      feed(owners, ({ index, random, now }) => ({ key: keyOf(random), value: `o${index}`, time: now })),
    ],
  }),
  simulation('running', running, { input: [unique] }),
  simulation('deduped', deduped, { input: [words] }),
  simulation('letters', letters, { input: [numbered] }),
  simulation('parked', parked, { input: [numbered] }),
  simulation('retried', retried, { input: [numbered] }),
  simulation('asked', asked, { input: [unique] }),
]
