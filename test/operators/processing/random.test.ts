/** Random records through a processor with everything: neither restarts nor records that fail show in what it says. */
import { describe, expect, test } from 'vitest'
import { from, json, mapState, nullable, number, text, topic, topology, valueState } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'

const input = topic('in', { key: text, value: text })
const output = topic('out', { key: nullable(text), value: json<unknown>() })
const ms = (milliseconds: number) => ({ milliseconds })

/** Counts, keeps the values of late, sets and cancels timers, ticks; what is called `bad` fails at its very end. */
const processed = from(input, { idle: 'off', outOfOrderness: ms(3) })
  .process('p', {
    state: { count: valueState(number), recent: mapState(text, number, { ttl: ms(15) }) },
    *onRecord(value, { state, timers, time }) {
      const count = (state.count.get() ?? 0) + 1
      state.count.set(count)
      state.recent.set(value, time)
      if (count % 3 === 0) timers.cancel('soon')
      timers.set('soon', time + (count % 7))
      timers.set('later', time + 20)
      yield `${value} ${count}`
    },
    onTimer({ name, time }, { state, now }) {
      const recent = [...state.recent.entries()].map(([value]) => value).join(' ')
      if (name === 'later') state.count.clear()
      return [`${name} of ${time} at ${now()}: ${state.count.get()}, ${recent}`]
    },
    everyEventTime: {
      every: ms(10),
      forEachKey: true,
      run: ({ state, time }) => [`${time}: ${state.count.get()}`],
    },
  })
  .map((value) => {
    if (value.startsWith('bad')) throw new Error(value)
    return value
  })
const built = topology('app', processed.to(output))

interface Event {
  readonly key: string
  readonly value: string
  readonly time: number
}

function events(random: Random): Event[] {
  return Array.from({ length: 60 }, (_, at) => ({
    key: 'abc'.charAt(randomInteger(random, 0, 2)),
    value: `${random.next() < 0.15 ? 'bad' : 'v'}${at}`,
    time: Math.max(0, at * 2 - randomInteger(random, 0, 12)),
  }))
}

function play(all: readonly Event[], restarts: (at: number) => boolean): string[] {
  const flow = drive(built)
  const said: string[] = []
  for (const [at, { key, value, time }] of all.entries()) {
    flow.put(input, value, { key, time })
    said.push(...take(flow))
    if (restarts(at)) flow.restart()
  }
  flow.end()
  return [...said, ...take(flow)]
}

const take = (flow: Flow): string[] => flow.take(output).map(({ key, value, time }) => `${key}=${value}@${time}`)

/** The same, told simply: records sorted into what fires when, with plain maps for state. */
function told(all: readonly Event[]): string[] {
  const state = new Map<string, { count: number | undefined; recent: Map<string, number> }>()
  let timers: { key: string; name: string; time: number }[] = []
  const said: string[] = []
  let [now, fired] = [-1, -1]
  const of = (key: string) => state.get(key) ?? { count: undefined, recent: new Map<string, number>() }
  const fire = (timer: (typeof timers)[number], at: number): void => {
    const { key, name, time } = timer
    const { count, recent } = of(key)
    const live = [...recent].filter(([, written]) => written + 15 > now).map(([value]) => value)
    const left = name === 'later' ? undefined : count
    state.set(key, { count: left, recent })
    said.push(`${key}=${name} of ${time} at ${now}: ${left}, ${live.toSorted().join(' ')}@${at}`)
  }
  const inOrder = () =>
    timers.toSorted(
      (one, other) => one.time - other.time || compare(one.key, other.key) || compare(one.name, other.name),
    )
  for (const { key, value, time } of all) {
    now = Math.max(now, time - 3)
    if (!value.startsWith('bad')) {
      const { count = 0, recent } = of(key)
      state.set(key, { count: count + 1, recent: new Map(recent).set(value, time) })
      if ((count + 1) % 3 === 0) timers = timers.filter((each) => each.key !== key || each.name !== 'soon')
      for (const set of [
        { key, name: 'soon', time: time + ((count + 1) % 7) },
        { key, name: 'later', time: time + 20 },
      ])
        if (!timers.some((each) => each.key === key && each.name === set.name && each.time === set.time))
          timers.push(set)
      said.push(`${key}=${value} ${count + 1}@${time}`)
    }
    if (now < 0) continue
    for (const timer of inOrder().filter((each) => each.time <= now)) {
      timers = timers.filter((each) => each !== timer)
      fire(timer, now)
    }
    if (now < (fired < 0 ? 0 : (Math.floor(fired / 10) + 1) * 10)) continue
    fired = now
    for (const each of [...state.keys()].sort()) {
      const { count, recent } = of(each)
      const lives = count !== undefined || [...recent.values()].some((written) => written + 15 > now)
      if (lives) said.push(`${each}=${now}: ${count}@${now}`)
    }
  }
  for (const timer of inOrder()) fire(timer, Math.max(now, timer.time))
  return said
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other))

describe.each(Array.from({ length: 12 }, (_, seed) => seed))('random records (seed %i)', (seed) => {
  const random = seededRandom(seed)
  const all = events(random)

  test('say what a plain account of the rules says', () => {
    expect(play(all, () => false)).toEqual(told(all))
  })

  test('say the same with restarts, and without the records that fail but for their time', () => {
    const once = play(all, () => false)
    expect(play(all, () => random.next() < 0.3)).toEqual(once)
    expect(play(all, () => true)).toEqual(once)
  })
})
