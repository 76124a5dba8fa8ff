/** Operators that Kafka Streams lacks, or that speak otherwise there: topologies of their own for the laws. */
import {
  begin,
  countWindow,
  cumulate,
  from,
  globalWindow,
  hopping,
  json,
  mapState,
  nullable,
  number,
  onChange,
  onEventTime,
  onRecords,
  session,
  skip,
  sliding,
  type Topology,
  table,
  text,
  topic,
  topology,
  tumbling,
  valueState,
} from '../../src/index.ts'
import { compile } from '../../src/topology/compile.ts'
import type { SinkNode } from '../../src/topology/nodes.ts'
import type { Case, Step } from '../streams/case.ts'
import { type Draw, drawOf } from '../streams/draw.ts'
import { drawKeys, drawRecords, inputOf } from '../streams/records.ts'

export interface OwnFamily {
  readonly name: string
  readonly build: () => Topology
  /** Rows that its stores may still have when time has moved far; left out: one a key. */
  readonly leaves?: number
}

const ms = (milliseconds: number) => ({ milliseconds })
const settings = { onFailure: [skip()], idle: 'off', maxLead: 'off' } as const
const left = () => from(topic('left-topic', { key: text, value: text }), { ...settings, outOfOrderness: ms(2) })
const right = () => from(topic('right-topic', { key: text, value: text }), settings)
const rows = (options = {}) => from(table('right-topic', { value: text }), { onFailure: [skip()], ...options })
const out = topic('out', { key: nullable(text), value: nullable(text) })
const late = topic('late', { key: nullable(text), value: nullable(text) })
const append = (one: string, other: string): string => `${one}+${other}`
const shownOf = (value: unknown): string => JSON.stringify(value)
const mark = (value: string): number => Number(value.slice(1))
const best = { compare: (one: string, other: string) => (mark(one) % 7) - (mark(other) % 7) }

/** What every stream can, whatever it holds. */
interface Results {
  map(handler: (value: unknown, context: { readonly window: unknown }) => string): { to(sink: typeof out): SinkNode }
}

/** Value and window as text. */
function shown(results: unknown): SinkNode {
  return (results as Results).map((value, { window }) => shownOf([value, window])).to(out)
}

const named = (name: string, results: () => unknown, leaves?: number): OwnFamily => ({
  name,
  build: () => topology('peer', shown(results())),
  ...(leaves !== undefined && { leaves }),
})

export const ownFamilies: readonly OwnFamily[] = [
  named(
    'cumulate',
    () =>
      left()
        .window(cumulate(ms(12), { step: ms(4), grace: ms(3) }))
        .reduce('fold', append),
    0,
  ),
  named(
    'early-on-records',
    () =>
      left()
        .window(tumbling(ms(9), { grace: ms(4) }))
        .reduce('fold', append)
        .early(onRecords(2)),
    0,
  ),
  named(
    'early-on-event-time',
    () =>
      left()
        .window(hopping(ms(9), { every: ms(4), grace: ms(4) }))
        .reduce('fold', append)
        .early(onEventTime(ms(3))),
    0,
  ),
  named(
    'early-on-change',
    () =>
      left()
        .window(session(ms(4), { grace: ms(3) }))
        .count('fold')
        .early(onChange<number>((one, other) => one === undefined || other % 2 === 0)),
    0,
  ),
  named(
    'on-time-tumbling',
    () =>
      left()
        .window(tumbling(ms(9), { grace: ms(6) }))
        .reduce('fold', append)
        .onTime(),
    0,
  ),
  named(
    'on-time-sliding',
    () =>
      left()
        .window(sliding(ms(5), { grace: ms(6) }))
        .reduce('fold', append)
        .onTime(),
    0,
  ),
  named(
    'on-time-session',
    () =>
      left()
        .window(session(ms(4), { grace: ms(6) }))
        .reduce('fold', append)
        .onTime(),
    0,
  ),
  named('count-window', () => left().window(countWindow(3)).reduce('fold', append)),
  named(
    'count-window-every',
    () =>
      left()
        .window(countWindow(3, { every: 2, timeout: ms(9) }))
        .reduce('fold', append),
    0,
  ),
  named('global-early', () => left().window(globalWindow()).reduce('fold', append).early(onRecords(3))),
  named('global-event-time', () =>
    left()
      .window(globalWindow())
      .reduce('fold', append)
      .early(onEventTime(ms(7))),
  ),
  named(
    'dedupe',
    () => left().dedupe('once', { within: ms(6), grace: ms(4), by: (value) => String(mark(value) % 3) }),
    0,
  ),
  named('top', () => left().top('best', 2, best)),
  named(
    'top-of-window',
    () =>
      left()
        .window(tumbling(ms(9), { grace: ms(3) }))
        .top('best', 2, best),
    0,
  ),
  {
    name: 'top-of-groups',
    build: () =>
      topology(
        'peer',
        shown(
          rows()
            .groupBy('by', (value) => `g${mark(value) % 2}`)
            .top('best', 2, best),
        ),
      ),
  },
  named('fold-with-ttl', () => left().reduce('fold', append, { ttl: ms(8) }), 0),
  {
    name: 'table-with-ttl',
    build: () =>
      topology(
        'peer',
        rows({ ttl: ms(8) })
          .toStream()
          .to(out),
      ),
    leaves: 0,
  },
  {
    name: 'table-by-event-time',
    build() {
      const made = left().toTable('latest', { deleteRetention: ms(10) })
      return topology('peer', made.toStream().to(out), made.late.map(shownOf).to(late))
    },
  },
  {
    name: 'coalesce',
    build: () => topology('peer', left().toTable('latest').coalesce().toStream().to(out)),
  },
  {
    name: 'suppress-few',
    build: () =>
      topology(
        'peer',
        rows()
          .suppress('held', { for: ms(9), maxRows: 2 })
          .toStream()
          .to(out),
      ),
  },
  named(
    'suppress-windows-few',
    () =>
      left()
        .window(session(ms(4), { grace: ms(3) }))
        .reduce('fold', append)
        .updates()
        .suppress('held', { until: 'close', maxRows: 1, whenFull: 'spill' }),
    0,
  ),
  {
    name: 'foreign-key-needed',
    build: () =>
      topology(
        'peer',
        from(table('left-topic', { value: text }), { onFailure: [skip()] })
          .leftForeignKeyJoin(
            'join',
            rows(),
            (value) => 'abcd'[mark(value) % 5] ?? null,
            (one, other) => `${one}~${other}`,
          )
          .toStream()
          .to(out),
      ),
  },
  named(
    'join-of-one-stream',
    () => {
      const same = left()
      return same.outerJoin(
        'join',
        same.filter((value) => mark(value) % 2 === 0),
        (one, other) => `${one}~${other}`,
        { within: ms(5), grace: ms(3) },
      )
    },
    0,
  ),
  named(
    'join-behind-a-window',
    () =>
      left()
        .window(tumbling(ms(6), { grace: ms(2) }))
        .reduce('fold', append)
        .map((value) => value)
        .filter(() => true)
        .mapKeyValue((value, { key }) => [key, value])
        .keyBy('again', (_value, { key }) => key)
        .leftJoin('join', right(), (one, other) => `${one}~${other}`, { within: ms(7), grace: ms(4) }),
    0,
  ),
  {
    name: 'versions',
    build: () =>
      topology(
        'peer',
        shown(
          left().leftJoin(
            right().toVersionedTable('versions', { history: ms(20) }),
            (one, other) => `${one}~${other}`,
            { name: 'join', grace: ms(6) },
          ),
        ),
      ),
  },
  named('process', () =>
    left().process('counting', {
      state: { seen: valueState(number, { ttl: ms(15) }), items: mapState(text, json<number>(), { ttl: ms(6) }) },
      onRecord(value, { state, timers, time }) {
        const seen = (state.seen.get() ?? 0) + 1
        state.seen.set(seen)
        state.items.set(String(mark(value) % 3), seen)
        timers.set('soon', time + (mark(value) % 9))
        if (seen % 4 === 0) timers.cancel('soon')
        return [`${value}#${seen}:${[...state.items.entries()].join()}`]
      },
      *onTimer({ name, time }, { state }) {
        yield `${name}@${time}:${state.seen.get()}`
        if (time % 2 === 0) state.items.delete('0')
      },
      everyEventTime: {
        every: ms(10),
        forEachKey: true,
        run: ({ state, time }) => [`every@${time}:${state.seen.get()}`],
      },
    }),
  ),
  named('pattern', () =>
    left().pattern(
      'found',
      begin('a', (value: string) => mark(value) % 2 === 0)
        .oneOrMore()
        .followedBy('b', (value) => mark(value) % 3 === 0),
      { within: ms(12), select: (matches) => shownOf(matches) },
    ),
  ),
]

/** Its input: two topics, a quarter of the records out of order. */
export function ownCase(family: OwnFamily, seed: number): Case {
  const draw = drawOf(seed)
  const operators: Case['operators'] = [
    { op: 'to', id: 'to', of: family.name, topic: 'out' },
    { op: 'to', id: 'to-late', of: family.name, topic: 'late' },
  ]
  return { operator: family.name, operators, steps: stepsOf(family, draw), stores: [] }
}

function stepsOf({ build }: OwnFamily, draw: Draw): Step[] {
  const keys = drawKeys(draw)
  const read = new Set(compile(build()).inputs.map(({ name }) => name))
  const inputs = ['left-topic', 'right-topic'].filter((name) => read.has(name)).map((name) => inputOf(name, keys))
  return drawRecords(draw, inputs, { edges: [4, 9, 15], grid: 9 })
}
