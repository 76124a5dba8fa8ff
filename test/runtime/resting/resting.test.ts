/** A worker with nothing to do does nothing, and nothing becomes later by that. Times are those of a virtual clock: exact. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { committedRecords } from '../../../scripts/tools/committed.ts'
import { from, json, nullable, subscribe, type Topology, text, topic, topology, tumbling } from '../../../src/index.ts'
import { type QuietWorker, type QuietWorld, quietWorld } from './quiet-world.ts'

/** For requests on their way, milliseconds. */
const travels = 20

/** Words of different partitions. */
const [early, later] = ['a', 'c']

let world: QuietWorld

beforeEach(async () => {
  world = await quietWorld()
  await world.create(4, 'lines', 'copies', 'counts')
})

afterEach(async () => {
  await world.close()
})

const lines = topic('lines', { value: text })

function copied(): Topology {
  return topology('copied', from(lines).to(topic('copies', { value: text })))
}

function counted(): Topology {
  const counts = from(lines, { idle: { after: { seconds: 5 } } })
    .keyBy('word', (word) => word)
    .window(tumbling({ seconds: 10 }))
    .count('per-ten')
  const output = topic('counts', { key: text, value: json<number>() })
  return topology('counted', counts.map((count) => count).to(output))
}

/** What a worker does in a minute, once it has come to rest. */
async function minuteOf(worker: QuietWorker): Promise<{ turns: number; count(api: string): number }> {
  const turns = worker.turns()
  const before = worker.requests()
  await world.clock.advance({ minutes: 1 })
  const after = worker.requests()
  return {
    turns: worker.turns() - turns,
    count: (api) => (after.get(api) ?? 0) - (before.get(api) ?? 0),
  }
}

/** The virtual time at which the next transaction is committed. */
function nextCommit(): Promise<number> {
  return new Promise((resolve) => {
    const stop = subscribe('commit.ended', () => {
      stop()
      resolve(world.clock.now())
    })
  })
}

async function valuesIn(name: string): Promise<string[]> {
  const values: string[] = []
  const read = async (): Promise<void> => {
    for await (const { value } of committedRecords(world.kafka, name)) values.push(String(value))
  }
  await world.clock.until(read())
  return values
}

describe('a worker that has nothing to do', () => {
  test.each([
    ['without steps that keep anything', copied],
    ['with windows behind a repartition topic', counted],
  ])('%s asks Kafka seldom, and its wheel stands still', async (_what, build) => {
    const worker = await world.start(build())
    await world.clock.advance({ minutes: 1 })
    const { turns, count } = await minuteOf(worker)
    expect(turns).toBeLessThanOrEqual(4)
    expect(count('Fetch')).toBeLessThanOrEqual(13)
    expect(count('ListOffsets') + count('Produce') + count('EndTxn')).toBe(0)
    await worker.stop()
  })

  test('the same after records, where nothing depends on how far time has come', async () => {
    const worker = await world.start(copied())
    await world.produce('lines', 'a')
    await world.clock.advance({ minutes: 1 })
    const { turns, count } = await minuteOf(worker)
    expect(turns).toBeLessThanOrEqual(80)
    expect(count('EndTxn')).toBeLessThanOrEqual(2)
    expect(count('ListOffsets')).toBeLessThanOrEqual(2)
    await worker.stop()
  })

  test('commits a record that comes within the commit interval', async () => {
    const worker = await world.start(copied())
    await world.clock.advance({ minutes: 2 })
    for (const value of ['a', 'b', 'c']) {
      const committed = nextCommit()
      const at = world.clock.now()
      await world.produce('lines', value)
      expect((await world.clock.until(committed)) - at).toBeLessThanOrEqual(100 + 2 * travels)
      await world.clock.advance({ seconds: 20 })
    }
    expect(await valuesIn('copies')).toEqual(['a', 'b', 'c'])
    await worker.stop()
  })

  test('lets time go on without records as soon as ever, and closes what it has passed', async () => {
    const worker = await world.start(counted())
    await world.clock.advance({ minutes: 2 })
    const begun = Math.ceil(world.clock.now() / 10_000) * 10_000
    await world.clock.advance({ milliseconds: begun - world.clock.now() })
    await world.produce('lines', 'a', begun)
    await world.clock.advance({ seconds: 10 })
    expect(await valuesIn('counts')).toEqual([])
    // A step of time, and one in which partitions without data hear of it; each is committed.
    await world.clock.advance({ milliseconds: 2_000 + 2 * 100 + 8 * travels })
    expect(await valuesIn('counts')).toEqual(['1'])
    await worker.stop()
  })

  test('tells partitions that get no records how far time is within a second, and they close what it has passed', async () => {
    const worker = await world.start(counted())
    await world.clock.advance({ minutes: 2 })
    const begun = Math.ceil(world.clock.now() / 10_000) * 10_000
    await world.produce('lines', early, begun)
    await world.clock.advance({ milliseconds: 300 })
    // Its window is in another partition, which alone hears at once.
    await world.produce('lines', later, begun + 100_000)
    await world.clock.advance({ milliseconds: 1_000 + 2 * 100 + 8 * travels })
    expect(await valuesIn('counts')).toEqual(['1'])
    await worker.stop()
  })

  test('is through with a bounded run as soon as all is committed', async () => {
    await world.produce('lines', 'a')
    const at = world.clock.now()
    const worker = await world.start(counted(), { until: 'end' })
    const { recordsIn } = await world.clock.until(worker.ended)
    expect(recordsIn).toBe(2)
    expect(world.clock.now() - at).toBeLessThanOrEqual(500)
  })

  test('ends when it is told to', async () => {
    const worker = await world.start(copied())
    await world.clock.advance({ minutes: 2 })
    const at = world.clock.now()
    await worker.stop()
    expect(world.clock.now() - at).toBeLessThanOrEqual(5 * travels)
  })

  test('shares its tasks with one that comes as soon as the group has told it', async () => {
    const assigned: number[] = []
    const stop = subscribe('tasks.assigned', ({ gained }) => assigned.push(gained.length))
    const first = await world.start(copied(), { instance: 'first' })
    await world.clock.advance({ minutes: 2 })
    const second = await world.start(copied(), { instance: 'second' })
    // Two rounds: given up in one, taken in the next. A heartbeat tells of each.
    await world.clock.advance({ seconds: 3 })
    expect(assigned.reduce((sum, count) => sum + count, 0)).toBe(4 + 2)
    stop()
    await Promise.all([first.stop(), second.stop()])
  })
})

describe('what is due by the wall clock', () => {
  const keyed = topic('lines', { key: text, value: text })

  function ticking(calls: number[]): Topology {
    const results = from(keyed).process('p', {
      onRecord: () => [],
      everyWallClock: {
        every: { seconds: 20 },
        run({ time }) {
          calls.push(time)
          return []
        },
      },
    })
    return topology('ticking', results.to(topic('copies', { key: nullable(text), value: text })))
  }

  test('comes in its moment', async () => {
    const calls: number[] = []
    const worker = await world.start(ticking(calls))
    await world.clock.advance({ minutes: 2 })
    const times = calls.filter((_, at) => at % 4 === 0)
    expect(times.length).toBeGreaterThanOrEqual(5)
    const spans = times.slice(1).map((time, at) => time - times[at]!)
    expect(Math.max(...spans)).toBeLessThanOrEqual(20_001)
    await worker.stop()
  })

  test('comes within a second where that clock is set, or the machine was asleep', async () => {
    const calls: number[] = []
    const worker = await world.start(ticking(calls))
    await world.clock.advance({ seconds: 65 })
    const before = calls.length
    world.setForward(3_600_000)
    await world.clock.advance({ milliseconds: 1_000 + travels })
    // Once in each of four tasks: what was missed is one call.
    expect(calls).toHaveLength(before + 4)
    await worker.stop()
  })
})
