import { describe, expect, test } from 'vitest'
import { deadLetter, from, hopping, number, text, topic, topology, tumbling } from '../../../src/index.ts'
import { seededRandom } from '../../../src/random.ts'
import { type DecisionLog, DecisionLog as Log } from '../../../src/runtime/time/decisions.ts'
import type { Recording } from '../../../src/runtime/time/recording.ts'
import { type DriveOptions, drive, type Flow } from '../../../src/testing/drive.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const left = topic('left', { key: text, value: text })
const right = topic('right', { key: text, value: text })
const sums = topic('sums', { key: text, value: text })
const late = topic('late', { key: text, value: text })
const taken = topic('taken', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })

const moment = (offsets: Record<string, number>, wallTime = 0) => ({ offsets, before: -1, wallTime })

describe('the log of a task', () => {
  const make = (): DecisionLog =>
    new Log('task', [
      { topic: 'left', partition: 0 },
      { topic: 'right', partition: 0 },
    ])

  test('an absence is kept where the input came back with something that would have been taken before', () => {
    const log = make()
    log.begin(moment({ 'left-0': 1, 'right-0': 0 }, 5), 1)
    for (const time of [10, 30, 20]) log.noteTaken(time)
    log.end(1, moment({ 'left-0': 4, 'right-0': 0 }), 30)
    expect(log.pending).toEqual([
      {
        kind: 'absence',
        task: 'task',
        sequence: 0,
        input: 'right-0',
        offsets: { 'left-0': 1, 'right-0': 0 },
        until: { 'left-0': 4, 'right-0': 0 },
        before: -1,
        after: -1,
        wallTime: 5,
      },
    ])
  })

  test.each([
    ['later than all that was taken: forgotten', 31, 0],
    ['at the same time: kept, since topics decide then', 30, 1],
    ['with what cannot be compared: kept', null, 1],
  ])('an input that comes back %s', (_what, time, kept) => {
    const log = make()
    log.begin(moment({}), 0)
    log.noteTaken(30)
    log.end(0, moment({}), time)
    expect(log.pending).toHaveLength(kept)
    expect(log.isAbsent(0)).toBe(false)
  })

  test('an absence that lasts over a commit is saved with it, and goes on after a restart', () => {
    const log = make()
    log.begin(moment({ 'left-0': 1 }), 1)
    log.noteTaken(30)
    expect(log.pending).toEqual([])
    const other = make()
    other.restore(JSON.parse(JSON.stringify(log.save())))
    expect([other.isAbsent(0), other.isAbsent(1)]).toEqual([false, true])
    other.end(1, moment({ 'left-0': 2 }), 29)
    expect(other.pending).toMatchObject([{ sequence: 0, input: 'right-0', until: { 'left-0': 2 } }])
    expect(other.save().next).toBe(1)
  })

  test('what an aborted transaction decided never happened', () => {
    const log = make()
    const saved = log.save()
    log.clock(moment({}), 10)
    log.lead(moment({ 'left-0': 3 }), 0, 4)
    expect(log.pending).toMatchObject([
      { kind: 'clock', sequence: 0, after: 10 },
      { kind: 'lead', sequence: 1, input: 'left-0', offsets: { 'left-0': 4 } },
    ])
    log.restore(saved)
    expect(log.pending).toEqual([])
    log.timer(moment({}))
    expect(log.pending).toMatchObject([{ kind: 'timer', sequence: 0 }])
  })

  test('advances of one idle span share a number, until something came of one', () => {
    const log = make()
    log.clock(moment({}), 10)
    log.clock(moment({}), 20)
    log.endSpan()
    log.clock(moment({}), 30)
    expect(log.pending.map(({ sequence, after }) => [sequence, after])).toEqual([
      [0, 20],
      [1, 30],
    ])
  })
})

interface Settings {
  readonly outOfOrderness: number
  readonly wait: number | 'always' | 'never'
}

/** Two sources in one task: every record as it is taken, a window, and what came too late for it. */
function app({ outOfOrderness, wait }: Settings) {
  const options = {
    wait: typeof wait === 'number' ? { seconds: wait } : wait,
    maxLead: { minutes: 2 },
    onFailure: [deadLetter('refused')],
  }
  const both = from(left, { ...options, outOfOrderness: { seconds: outOfOrderness } })
    .merge(from(right, options))
    .peek(() => {})
  const keyed = from(left, { ...options, outOfOrderness: { seconds: outOfOrderness } })
    .window(hopping({ seconds: 10 }, { every: { seconds: 5 }, grace: { seconds: 2 } }))
    .aggregate('sums', { as: text, start: '', add: (sum: string, value) => sum + value })
  return topology(
    'replayed',
    both.map((value, { key, time }) => `${key}${value}@${time - noon}`).to(taken),
    keyed.to(sums),
    keyed.late.map(({ value, operatorTime }) => `${value}@${operatorTime - noon}`).to(late),
  )
}

interface Step {
  readonly topic: 'left' | 'right' | 'advance'
  readonly seconds: number
  readonly value: string
}

function stepsOf(seed: number): Step[] {
  const random = seededRandom(seed)
  let clock = 0
  return Array.from({ length: 40 }, (_, index) => {
    clock += random.next() * 3
    const kind = random.next()
    const jitter = random.next() < 0.3 ? -random.next() * 15 : 0
    const seconds = Math.floor(kind > 0.97 ? clock + 10_000 : Math.max(0, clock + jitter))
    const value = String.fromCharCode(97 + (index % 26))
    if (kind < 0.15) return { topic: 'advance', seconds: Math.floor(random.next() * 60), value }
    return { topic: kind < 0.6 ? 'left' : 'right', seconds, value }
  })
}

function put(flow: Flow, { topic: name, seconds, value }: Step): void {
  if (name === 'advance') flow.advance({ seconds })
  else flow.put(name === 'left' ? left : right, value, { key: value < 'n' ? 'k' : 'q', time: noon + seconds * 1_000 })
}

function outputs(flow: Flow): unknown {
  return { taken: flow.take(taken), sums: flow.take(sums), late: flow.take(late) }
}

const withoutNumbers = (recordings: readonly Recording[]) =>
  recordings.map(({ until, decisions }) => ({ until, decisions: decisions.map(({ sequence: _, ...rest }) => rest) }))

describe('same input and same decisions', () => {
  const settings: Settings[] = [
    { outOfOrderness: 0, wait: 'always' },
    { outOfOrderness: 4, wait: 'always' },
    { outOfOrderness: 0, wait: 'never' },
    { outOfOrderness: 4, wait: 20 },
  ]
  const options: DriveOptions = { now: noon, maxLead: 'as declared' }
  const kinds = new Set<string>()

  test.each(settings)('give the same output, in whatever order the records are read: %j', (setting) => {
    for (let seed = 1; seed <= 25; seed++) {
      const steps = stepsOf(seed)
      const original = drive(app(setting), options)
      for (const step of steps) put(original, step)
      const decisions = original.decisions()
      for (const decision of decisions[0]!.decisions) kinds.add(decision.kind)
      const replayed = drive(app(setting), { ...options, decisions })
      for (const name of ['right', 'left']) for (const step of steps) if (step.topic === name) put(replayed, step)
      expect(outputs(replayed), `seed ${seed}`).toEqual(outputs(original))
      expect(replayed.counters).toMatchObject({
        late: original.counters.late,
        deadLetters: original.counters.deadLetters,
        futureTimestamps: original.counters.futureTimestamps,
      })
      expect(withoutNumbers(replayed.decisions()), `seed ${seed}`).toEqual(withoutNumbers(decisions))
    }
  })

  test('and every kind of decision was among them; without them the output is another', () => {
    expect([...kinds].toSorted()).toEqual(['absence', 'clock', 'lead'])
    const differing = Array.from({ length: 25 }, (_, index) => {
      const [original, other] = [drive(app(settings[0]!), options), drive(app(settings[0]!), options)]
      const steps = stepsOf(index + 1)
      for (const step of steps) put(original, step)
      for (const name of ['right', 'left']) for (const step of steps) if (step.topic === name) put(other, step)
      return JSON.stringify(outputs(original)) === JSON.stringify(outputs(other))
    })
    expect(differing).not.toContain(true)
  })

  test.each([3, 10, 20, 30])('also where the original was restarted after step %i, and the replay too', (at) => {
    const steps = stepsOf(7)
    const original = drive(app(settings[0]!), options)
    for (const [index, step] of steps.entries()) {
      put(original, step)
      if (index === at) original.restart()
    }
    const replayed = drive(app(settings[0]!), { ...options, decisions: original.decisions() })
    for (const name of ['left', 'right']) {
      for (const [index, step] of steps.entries()) {
        if (step.topic === name) put(replayed, step)
        if (index === at) replayed.restart()
      }
    }
    expect(outputs(replayed)).toEqual(outputs(original))
  })
})

describe('what is decided', () => {
  const perMinute = from(left, { maxLead: { hours: 1 }, onFailure: [deadLetter('refused')] })
    .window(tumbling({ minutes: 1 }))
    .count('per-minute')
  const one = topology('one', perMinute.to(counts))

  test('is kept with where the task stood, W before and after, and the wall time', () => {
    const flow = drive(one, { now: noon, maxLead: 'as declared' })
    flow.put(left, 'x', { key: 'a', time: noon })
    flow.put(left, 'far', { key: 'a', time: noon + 3_600_001 })
    flow.advance({ seconds: 70 })
    flow.advance({ seconds: 10 })
    const at = { task: 'left-0', before: noon }
    expect(flow.decisions()).toEqual([
      {
        task: 'left-0',
        until: { 'left-0': 2 },
        decisions: [
          { ...at, kind: 'lead', input: 'left-0', sequence: 0, offsets: { 'left-0': 1 }, after: noon, wallTime: noon },
          {
            ...at,
            kind: 'clock',
            sequence: 1,
            offsets: { 'left-0': 2 },
            after: noon + 70_000,
            wallTime: noon + 70_000,
          },
          {
            ...at,
            kind: 'clock',
            sequence: 2,
            offsets: { 'left-0': 2 },
            before: noon + 70_000,
            after: noon + 80_000,
            wallTime: noon + 80_000,
          },
        ],
      },
    ])
  })

  test('is nothing where one input was read in order', () => {
    const flow = drive(one)
    for (const time of [0, 60_000, 5]) flow.put(left, 'x', { key: 'a', time: noon + time })
    expect(flow.decisions()).toEqual([{ task: 'left-0', until: { 'left-0': 3 }, decisions: [] }])
  })
})
