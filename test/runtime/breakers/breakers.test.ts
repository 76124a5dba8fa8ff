/** The breakers of a thread: what passes, what is told, and what two threads see of each other. */
import { afterEach, describe, expect, test } from 'vitest'
import { breaker, from, reject, text, topic, topology } from '../../../src/index.ts'
import { subscribe, type WorkerEvents } from '../../../src/observe/events.ts'
import type { BreakerOptions } from '../../../src/policies/breaker.ts'
import type { Breaker, Pass } from '../../../src/runtime/breakers/breaker.ts'
import { type BreakerMemory, Breakers } from '../../../src/runtime/breakers/breakers.ts'
import { BreakerCells } from '../../../src/runtime/breakers/cells.ts'
import { compile } from '../../../src/topology/compile.ts'
import type { Graph } from '../../../src/topology/graph.ts'
import { VirtualClock } from '../../../src/virtual-clock.ts'

const input = topic('in', { key: text, value: text })
const output = topic('out', { key: text, value: text })
const patience = 1_000

function graphOf(options: BreakerOptions = {}): Graph {
  const onFailure = [breaker('api', options)]
  const answers = from(input).mapAsync('ask', async (value) => value, { onFailure })
  return compile(topology('app', answers.to(output)))
}

interface Bench {
  readonly clock: VirtualClock
  readonly breakers: Breakers
  readonly gate: Breaker
}

function benchOf(options: BreakerOptions = {}, clock = new VirtualClock(), memory?: BreakerMemory): Bench {
  const graph = graphOf(options)
  const breakers = new Breakers(graph, clock, memory)
  const [gate] = breakers.gatesOf(graph.subTopologies[0]!).values()
  return { clock, breakers, gate: gate! }
}

function fail(gate: Breaker, times: number, error: unknown = new Error('connection refused')): void {
  for (let time = 0; time < times; time++) (gate.ask(patience) as Pass).failed(error)
}

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

function changes(): WorkerEvents['breaker.changed'][] {
  const seen: WorkerEvents['breaker.changed'][] = []
  stops.push(subscribe('breaker.changed', (change) => seen.push(change)))
  return seen
}

describe('a breaker in front of a step', () => {
  test('open keeps records and calls away; cooled it lets one probe through, and tells each turn', async () => {
    const { gate, clock, breakers } = benchOf()
    const seen = changes()
    let moved = 0
    breakers.moved = () => moved++
    fail(gate, 5)
    expect([gate.hasRoom, gate.ask(patience)]).toEqual([false, 'refused'])
    await clock.advance({ seconds: 30 })
    expect(moved).toBeGreaterThan(0)
    expect(gate.hasRoom).toBe(true)
    const probe = gate.ask(patience) as Pass
    expect([gate.hasRoom, gate.ask(patience)]).toEqual([false, 'wait'])
    probe.succeeded()
    for (let time = 0; time < 2; time++) (gate.ask(patience) as Pass).succeeded()
    expect(breakers.summary()).toEqual({ api: { state: 'closed', failures: 0, openings: 1 } })
    const opensUntil = clock.now()
    expect(seen).toEqual([
      { breaker: 'api', from: 'closed', to: 'open', failures: 5, reason: 'connection refused', opensUntil },
      { breaker: 'api', from: 'open', to: 'half-open', failures: 5, reason: 'cooled', opensUntil: null },
      { breaker: 'api', from: 'half-open', to: 'closed', failures: 0, reason: 'probes succeeded', opensUntil: null },
    ])
  })

  test('`fail` takes records on: their calls are refused, also those beside a probe', async () => {
    const { gate, clock } = benchOf({ whileOpen: 'fail' })
    fail(gate, 5)
    expect([gate.hasRoom, gate.ask(patience)]).toEqual([true, 'refused'])
    await clock.advance({ seconds: 30 })
    expect(gate.ask(patience)).toBeTypeOf('object')
    expect([gate.hasRoom, gate.ask(patience)]).toEqual([true, 'refused'])
  })

  test('rejections, and what is forgotten, count for nothing', () => {
    const { gate, breakers } = benchOf({ opensAfter: 1 })
    fail(gate, 3, reject('bad'))
    fail(gate, 1, new Error('wrapped', { cause: reject('bad') }))
    ;(gate.ask(patience) as Pass).forgotten()
    expect(breakers.view('api')).toEqual({ isClosed: true, failuresInARow: 0 })
  })

  test('a pass counts once', () => {
    const { gate } = benchOf({ opensAfter: 2 })
    const pass = gate.ask(patience) as Pass
    for (let time = 0; time < 3; time++) pass.failed(new Error('late'))
    expect(gate.view()).toEqual({ isClosed: true, failuresInARow: 1 })
  })

  test('an open breaker sleeps until it has cooled; closed ones set no timer', async () => {
    const { gate, clock, breakers } = benchOf()
    fail(gate, 5)
    await clock.advance({ milliseconds: 1 })
    expect(clock.pending).toBe(1)
    breakers.force('api', 'force-close', 0, 'ada')
    await clock.advance({ milliseconds: 1 })
    expect(clock.pending).toBe(0)
  })

  test('two breakers around one step are refused', () => {
    const onFailure = [breaker('one'), breaker('two')]
    const answers = from(input).mapAsync('ask', async (value) => value, { onFailure })
    const build = (): unknown => new Breakers(compile(topology('app', answers.to(output))), new VirtualClock())
    expect(build).toThrow(expect.objectContaining({ code: expect.stringMatching(/^MR/) }))
  })
})

describe('two threads of a process', () => {
  function twoThreads(): [Bench, Bench] {
    const clock = new VirtualClock()
    const cells = new BreakerCells(['api'])
    // The second began 500 ms later: its own clock shows less.
    const late = Object.assign(Object.create(clock) as VirtualClock, { monotonic: () => clock.monotonic() - 500 })
    Object.assign(late, { now: () => clock.now(), after: clock.after.bind(clock), soon: clock.soon.bind(clock) })
    return [benchOf({}, clock, { cells, origin: 0 }), benchOf({}, late, { cells, origin: 500 })]
  }

  test('share state, time and the one probe, and the turn is told once', async () => {
    const [one, other] = twoThreads()
    const seen = changes()
    fail(one.gate, 3)
    fail(other.gate, 2)
    expect([one.gate.hasRoom, other.gate.hasRoom]).toEqual([false, false])
    expect(seen).toHaveLength(1)
    await one.clock.advance({ seconds: 29, milliseconds: 999 })
    expect([one.gate.hasRoom, other.gate.hasRoom]).toEqual([false, false])
    await one.clock.advance({ milliseconds: 1 })
    expect(other.gate.ask(patience)).toBeTypeOf('object')
    expect(one.gate.ask(patience)).toBe('wait')
    for (const { breakers } of [one, other]) breakers.end()
  })

  test('each hears within 50 ms that the other has closed it', async () => {
    const [one, other] = twoThreads()
    fail(one.gate, 5)
    expect(other.gate.hasRoom).toBe(false)
    await one.clock.advance({ milliseconds: 100 })
    let heard = 0
    other.breakers.moved = () => {
      if (other.gate.isClosed) heard++
    }
    one.breakers.force('api', 'force-close', 7, 'ada')
    await one.clock.advance({ milliseconds: 50 })
    expect(heard).toBe(1)
    await one.clock.advance({ seconds: 1 })
    expect([heard, one.clock.pending]).toEqual([1, 0])
  })

  test('a command is carried out once, however many hear it, and in the order of the log', () => {
    const [one, other] = twoThreads()
    one.breakers.force('api', 'force-open', 3, 'ada')
    one.breakers.force('api', 'force-close', 4, 'ada')
    other.breakers.force('api', 'force-open', 3, 'ada')
    expect(other.gate.isClosed).toBe(true)
    other.breakers.force('api', 'force-close', 4, 'ada')
    expect(one.breakers.summary()).toMatchObject({ api: { openings: 1 } })
    for (const { breakers } of [one, other]) breakers.end()
  })
})
