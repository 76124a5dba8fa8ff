/** Workers whose neighbour is down, over the embedded broker. */
import { afterEach, describe, expect, test } from 'vitest'
import { appendAudit } from '../../../src/dead-letters/audit.ts'
import {
  type AsyncPolicy,
  breaker,
  deadLetter,
  from,
  json,
  pause,
  retry,
  type Topology,
  text,
  topic,
  topology,
  tumbling,
} from '../../../src/index.ts'
import { subscribe, type WorkerEvents } from '../../../src/observe/events.ts'
import type { Input } from '../../contracts/runtime-tools.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique, until } from '../../contracts/tools.ts'
import { Neighbour } from './neighbour.ts'

const timeout = 120_000
const partitions = 2

interface Asking {
  readonly app: string
  readonly built: Topology
  readonly items: string
  readonly answers: string
  readonly letters: string
  readonly breaker: string
}

/** A topology that asks the neighbour about every record. */
function asking(neighbour: Neighbour, policies: (name: string) => readonly AsyncPolicy[]): Asking {
  const app = unique('asking')
  const name = `${app}-api`
  const items = topic(`${app}.items`, { key: text, value: text })
  const answers = topic(`${app}.answers`, { key: text, value: text })
  const answered = from(items).mapAsync('ask', neighbour.ask, { concurrency: 8, onFailure: policies(name) })
  const built = topology(app, answered.to(answers))
  return { app, built, items: items.name, answers: answers.name, letters: `${app}.dlq.lost`, breaker: name }
}

function itemsOf(count: number, first = 0): Input[] {
  return Array.from({ length: count }, (_, index) => {
    const number = first + index
    return { key: `k${number % 5}`, value: `v${number}`, time: number, partition: number % partitions }
  })
}

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

function turnsOf(name: string): WorkerEvents['breaker.changed'][] {
  const turns: WorkerEvents['breaker.changed'][] = []
  stops.push(
    subscribe('breaker.changed', (turn) => {
      if (turn.breaker === name) turns.push(turn)
    }),
  )
  return turns
}

describe('a neighbour that is down', () => {
  const bench = suiteBench()
  const valuesOf = async (name: string): Promise<string[]> =>
    (await bench.read(name)).map(({ value }) => value!.toString()).toSorted()
  const command = async (app: string, action: string, target: string): Promise<void> => {
    await appendAudit(bench.kafka, app, { at: new Date().toISOString(), who: 'ada', action, target, detail: {} })
  }

  test('`pause`: nothing is given up, one probe at a time, and all is worked when it is back', {
    timeout,
  }, async () => {
    const neighbour = new Neighbour(true)
    const {
      built,
      items,
      answers,
      letters,
      breaker: name,
    } = asking(neighbour, (api) => [
      retry({ times: 1, backoff: [{ milliseconds: 1 }, { milliseconds: 2 }] }),
      breaker(api, { opensAfter: 5, coolsFor: { milliseconds: 100 }, closesAfter: 3 }),
      deadLetter('lost'),
    ])
    const turns = turnsOf(name)
    await bench.create(partitions, items, answers)
    await bench.produce(items, itemsOf(20))
    const worker = bench.start(built)
    await until('some are answered', async () => (await valuesOf(answers)).length === 20)
    neighbour.isUp = false
    await bench.produce(items, itemsOf(100, 20))
    await until('it has opened', async () => turns.some(({ to }) => to === 'open'))
    await until('what was under way has ended', async () => turns.filter(({ to }) => to === 'half-open').length > 1)
    neighbour.watch()
    await until('it was probed', async () => turns.filter(({ to }) => to === 'open').length > 4)
    expect(neighbour.most).toBe(1)
    neighbour.isUp = true
    await until('all are answered', async () => (await valuesOf(answers)).length >= 120)
    const summary = await worker.stop()
    expect(await valuesOf(answers)).toEqual(
      itemsOf(120)
        .map(({ value }) => String(value).toUpperCase())
        .toSorted(),
    )
    expect(await bench.read(letters)).toEqual([])
    expect(turns.at(-1)).toMatchObject({ from: 'half-open', to: 'closed', failures: 0, opensUntil: null })
    expect(summary.breakers).toEqual({ [name]: { state: 'closed', failures: 0, openings: expect.any(Number) } })
  })

  test('`fail`: what comes meanwhile goes on to the next policy at once, with its code', { timeout }, async () => {
    const neighbour = new Neighbour(false)
    const {
      built,
      items,
      answers,
      letters,
      breaker: name,
    } = asking(neighbour, (api) => [
      breaker(api, { opensAfter: 3, coolsFor: { minutes: 10 }, whileOpen: 'fail' }),
      deadLetter('lost'),
    ])
    const turns = turnsOf(name)
    await bench.create(partitions, items, answers)
    await bench.produce(items, itemsOf(60))
    const summary = await bench.run(built)
    const codes = (await bench.read(letters)).map(({ headers }) =>
      headers.find((header) => header.name === '__millrace.dlq.error.code')!.value!.toString(),
    )
    expect(codes).toHaveLength(60)
    expect(new Set(codes)).toEqual(new Set(['MR4101', 'MR4301']))
    expect(codes.filter((code) => code === 'MR4101').length).toBe(neighbour.failed)
    // Those that were under way when it opened, and no other.
    expect(neighbour.asked).toBeLessThanOrEqual(3 + 2 * 8)
    expect(turns.map(({ to }) => to)).toEqual(['open'])
    expect(summary.breakers?.[name]).toMatchObject({ state: 'open', openings: 1 })
  })

  test('a partition that waits for it is not idle: time stands still, and nothing is late', { timeout }, async () => {
    const neighbour = new Neighbour(false)
    const app = unique('counting')
    const items = topic(`${app}.items`, { key: text, value: text })
    const counts = topic(`${app}.counts`, { key: text, value: json<number>() })
    const name = `${app}-api`
    const onFailure = [breaker(name, { opensAfter: 1, coolsFor: { milliseconds: 50 }, closesAfter: 1 })]
    const counted = from(items, { idle: { after: { milliseconds: 100 } } })
      .mapAsync('ask', neighbour.ask, { onFailure })
      .window(tumbling({ milliseconds: 10 }))
      .count('counted')
    const turns = turnsOf(name)
    await bench.create(1, items.name, counts.name)
    await bench.produce(
      items.name,
      [0, 1, 2, 11, 12, 25].map((time) => ({ key: 'k', value: 'v', time })),
    )
    const worker = bench.start(topology(app, counted.to(counts)))
    // Much longer than the source may be idle.
    await until('it was probed', async () => turns.filter(({ to }) => to === 'open').length > 10)
    expect(await bench.read(counts.name)).toEqual([])
    neighbour.isUp = true
    await until('two windows have closed', async () => (await bench.read(counts.name)).length >= 2)
    const summary = await worker.stop()
    const rows = (await bench.read(counts.name)).map(({ value }) => JSON.parse(value!.toString()) as number)
    expect(rows.slice(0, 2)).toEqual([3, 2])
    expect(summary.late).toBe(0)
  })

  test('a worker stops while it is open, and the next one begins with it closed', { timeout }, async () => {
    const neighbour = new Neighbour(false)
    const {
      built,
      items,
      answers,
      letters,
      breaker: name,
    } = asking(neighbour, (api) => [breaker(api, { coolsFor: { minutes: 10 } }), deadLetter('lost')])
    const turns = turnsOf(name)
    await bench.create(partitions, items, answers)
    await bench.produce(items, itemsOf(30))
    const worker = bench.start(built)
    await until('it is open', async () => turns.length === 1)
    const { asked } = neighbour
    const summary = await worker.stop()
    expect(summary.breakers?.[name]).toMatchObject({ state: 'open', failures: 5, openings: 1 })
    expect(neighbour.asked).toBe(asked)
    neighbour.isUp = true
    const next = await bench.run(built)
    expect(next.breakers?.[name]).toEqual({ state: 'closed', failures: 0, openings: 0 })
    expect(await valuesOf(answers)).toHaveLength(30)
    expect(await bench.read(letters)).toEqual([])
  })

  test('an operator opens, probes and closes it', { timeout }, async () => {
    const neighbour = new Neighbour(true)
    const {
      app,
      built,
      items,
      answers,
      breaker: name,
    } = asking(neighbour, (api) => [breaker(api, { coolsFor: { milliseconds: 1 }, closesAfter: 2 })])
    const turns = turnsOf(name)
    await bench.create(partitions, items, answers)
    await bench.produce(items, itemsOf(10))
    const worker = bench.start(built)
    await until('some are answered', async () => (await valuesOf(answers)).length === 10)
    await command(app, 'breaker.open', name)
    await until('it is open', async () => turns.length === 1)
    expect(turns[0]).toMatchObject({ to: 'open', reason: 'force-open by ada', opensUntil: null })
    await bench.produce(items, itemsOf(10, 10))
    const { asked } = neighbour
    await command(app, 'breaker.probe', 'no-such-breaker')
    await command(app, 'breaker.probe', name)
    await until('all are answered', async () => (await valuesOf(answers)).length === 20)
    expect(turns.map(({ to }) => to)).toEqual(['open', 'half-open', 'closed'])
    expect(neighbour.asked).toBe(asked + 10)
    await command(app, 'breaker.open', name)
    await command(app, 'breaker.close', name)
    await until('it is closed', async () => turns.length === 5)
    await worker.stop()
  })

  test('an operator resumes a paused task', { timeout }, async () => {
    const neighbour = new Neighbour(false)
    const { app, built, items, answers } = asking(neighbour, () => [pause()])
    const paused: WorkerEvents['task.paused'][] = []
    stops.push(subscribe('task.paused', (each) => paused.push(each)))
    await bench.create(partitions, items, answers)
    await bench.produce(items, itemsOf(10))
    const worker = bench.start(built)
    await until('both are paused', async () => paused.length === 2)
    neighbour.isUp = true
    for (const { task } of paused) await command(app, 'task.resume', task)
    await until('all are answered', async () => (await valuesOf(answers)).length === 10)
    await worker.stop()
  })
})
