/** Records that are held, and tasks that are paused, in real workers on the embedded broker. */
import { expect, test } from 'vitest'
import { from, pause, retry, retryLater, text, topic, topology } from '../../../src/index.ts'
import { subscribe, type WorkerEventName, type WorkerEvents } from '../../../src/observe/events.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { until } from '../../contracts/tools.ts'

const bench = suiteBench()

const patient = retry({ times: 1_000, budget: { days: 1 } })

/** Lets `bad` through once the test says so. */
class Gate {
  isOpen = false
  tried = 0
  private readonly after: object

  constructor(after: object) {
    this.after = after
  }

  readonly pass = (value: string): string => {
    if (!value.startsWith('bad')) return value
    this.tried++
    if (this.isOpen) return value
    throw retryLater('not yet', { after: this.after })
  }
}

const source = (name: string) => from(topic(`${name}-in`, { value: text }), { idle: 'off', maxLead: 'off' })
const sink = (name: string) => topic(`${name}-out`, { value: text })
const outOf = async (name: string): Promise<string[]> => {
  return (await bench.read(`${name}-out`)).map(({ value }) => String(value)).toSorted()
}

async function prepare(name: string, partitions: number): Promise<void> {
  await bench.create(partitions, `${name}-in`, `${name}-out`)
  const first = ['a', 'bad', 'c'].map((value, time) => ({ value, time, partition: 0 }))
  await bench.produce(`${name}-in`, first)
}

function listen<Name extends WorkerEventName>(name: Name): { readonly told: WorkerEvents[Name][]; end(): void } {
  const told: WorkerEvents[Name][] = []
  return { told, end: subscribe(name, (event) => void told.push(event)) }
}

test('what precedes a held record is committed, other partitions go on, and the group hears of the member', async () => {
  // Longer than the session would last without heartbeats.
  const gate = new Gate({ seconds: 7 })
  await prepare('held', 2)
  const lost = listen('tasks.lost')
  const worker = bench.start(
    topology(
      'held',
      source('held')
        .map(gate.pass, { onFailure: [patient] })
        .to(sink('held')),
    ),
  )
  await until(
    'it was tried, and what precedes it is out',
    async () => gate.tried > 0 && (await outOf('held')).length === 1,
  )
  await bench.produce('held-in', [{ value: 'd', time: 9, partition: 1 }])
  await until('the other partition goes on', async () => (await outOf('held')).length === 2)
  expect(await outOf('held')).toEqual(['a', 'd'])
  gate.isOpen = true
  await until('the rest is out', async () => (await outOf('held')).length === 4)
  const { recordsIn, deadLetters } = await worker.stop()
  lost.end()
  expect([recordsIn, deadLetters, lost.told]).toEqual([4, 0, []])
})

test('a bounded run ends behind held records, and a record is held again after a stop', async () => {
  const gate = new Gate({ minutes: 5 })
  await prepare('stopped', 1)
  const built = topology(
    'stopped',
    source('stopped')
      .map(gate.pass, { onFailure: [patient] })
      .to(sink('stopped')),
  )
  const worker = bench.start(built)
  await until(
    'it was tried, and what precedes it is out',
    async () => gate.tried > 0 && (await outOf('stopped')).length === 1,
  )
  // Does not wait for five minutes.
  await worker.stop()
  const fast = new Gate({ milliseconds: 50 })
  const again = topology(
    'stopped',
    source('stopped')
      .map(fast.pass, { onFailure: [patient] })
      .to(sink('stopped')),
  )
  const held = listen('record.held')
  const run = bench.run(again)
  await until('it was tried', async () => held.told.length > 2)
  held.end()
  fast.isOpen = true
  const { recordsIn } = await run
  expect([recordsIn, await outOf('stopped')]).toEqual([2, ['a', 'bad', 'c']])
})

test.each([
  ['soon', { milliseconds: 100 }],
  ['later', { milliseconds: 1_500 }],
])('calls that fail are made again %s, and nothing comes twice', async (name, after) => {
  const gate = new Gate(after)
  await prepare(name, 1)
  const from = source(name)
  const asked = from.mapAsync('ask', async (value) => gate.pass(value), { onFailure: [patient] })
  const held = listen('record.held')
  const worker = bench.start(
    topology(name, from.map((value) => `copy of ${value}`).to(sink(name)), asked.to(sink(name))),
  )
  await until('it has failed', async () => gate.tried > 1)
  gate.isOpen = true
  await until('all is out', async () => (await outOf(name)).length === 6)
  const { deadLetters, recordsOut } = await worker.stop()
  held.end()
  expect(held.told.length).toBeGreaterThan(0)
  expect([deadLetters, recordsOut]).toEqual([0, 6])
  expect(await outOf(name)).toEqual(['a', 'bad', 'c', 'copy of a', 'copy of bad', 'copy of c'])
})

test('a paused task keeps its place; the next worker tries again', async () => {
  await prepare('paused', 1)
  const broken = (value: string): string => {
    if (value === 'bad') throw new Error('a bug')
    return value
  }
  const paused = listen('task.paused')
  const worker = bench.start(
    topology(
      'paused',
      source('paused')
        .map(broken, { onFailure: [pause()] })
        .to(sink('paused')),
    ),
  )
  await until('it is paused', async () => paused.told.length > 0 && (await outOf('paused')).length === 1)
  paused.end()
  expect(paused.told).toEqual([{ task: 'paused-in-0', topic: 'paused-in', partition: 0, offset: 1, reason: 'a bug' }])
  await worker.stop()
  await bench.run(topology('paused', source('paused').to(sink('paused'))))
  expect(await outOf('paused')).toEqual(['a', 'bad', 'c'])
})

test('a poisoned topic is not drained into the queue, unless that is what was asked for', async () => {
  await bench.create(1, 'poisoned-in', 'poisoned-out')
  await bench.produce(
    'poisoned-in',
    Array.from({ length: 300 }, (_, time) => ({ value: 'bad', time })),
  )
  const broken = (): string => {
    throw new Error('a bug')
  }
  const built = topology('poisoned', source('poisoned').map(broken).to(sink('poisoned')))
  const paused = listen('task.paused')
  const worker = bench.start(built)
  await until('it is paused', async () => paused.told.length > 0)
  paused.end()
  const { deadLetters } = await worker.stop()
  expect(deadLetters).toBe(100)
  const rest = await bench.run(built, { deadLetters: { rateLimit: 'off' } })
  expect(rest.deadLetters).toBe(200)
})
