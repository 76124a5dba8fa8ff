import { describe, expect, test } from 'vitest'
import {
  deadLetter,
  from,
  json,
  mapState,
  nullable,
  number,
  type SourceOptions,
  text,
  topic,
  topology,
  valueState,
} from '../../../src/index.ts'
import { type DriveOptions, drive, type Flow } from '../../../src/testing/drive.ts'
import type { KeyedStream } from '../../../src/topology/stream.ts'

const input = topic('in', { key: text, value: nullable(json<string>()) })
const copies = topic('copies', { key: text, value: json<unknown>() })
const output = topic('out', { key: nullable(text), value: json<unknown>() })

type Records = KeyedStream<string, string | null>
const ms = (milliseconds: number) => ({ milliseconds })

const records = (options: SourceOptions<string, string | null> = {}): Records =>
  from(input, { idle: 'off', ...options })

function driven<K extends string | null, V>(results: KeyedStream<K, V>, options: DriveOptions = {}): Flow {
  return drive(topology('app', results.to(output as never)), options)
}

function put(flow: Flow, key: string, value: string | null, time: number): string[] {
  flow.put(input, value, { key, time })
  return said(flow)
}

const said = (flow: Flow): string[] =>
  flow
    .take(output)
    .map(({ key, value, time }) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}@${time}`)

describe('results', () => {
  test('are what the handler returns or yields, under the key and time of the record', () => {
    const flow = driven(
      records().process('twice', {
        *onRecord(value) {
          yield `${value}1`
          yield `${value}2`
        },
      }),
    )
    expect(put(flow, 'a', 'x', 5)).toEqual(['a=x1@5', 'a=x2@5'])
  })

  test('a handler may return nothing, and is given null values', () => {
    const seen: unknown[] = []
    const flow = driven(records().process('look', { onRecord: (value) => void seen.push(value) }))
    expect(put(flow, 'a', null, 5)).toEqual([])
    expect(seen).toEqual([null])
  })

  test('a text is no list of results', () => {
    const flow = driven(records().process('bad', { onRecord: (() => 'text') as never }))
    expect(put(flow, 'a', 'x', 5)).toEqual([])
    expect(flow.deadLetters('in')[0]!.headers['__streams.errors.message']).toContain('no list of results but a string')
  })

  test('a null key is a reject', () => {
    const ticks = records().process('ticks', { everyEventTime: { every: ms(10), run: () => ['tick'] } })
    const flow = driven(ticks.process('p', { onRecord: (value) => [value] }))
    expect(put(flow, 'a', 'x', 50)).toEqual([])
    expect(flow.deadLetters('in')[0]!.headers['__millrace.dlq.error.code']).toBe('MR3004')
  })

  test('a generator sees its own record between two results, whatever steps behind it do', () => {
    const flow = driven(
      records()
        .process('p', {
          state: { seen: valueState(number) },
          *onRecord(_value, { key, time, state }) {
            state.seen.set(1)
            yield 'one'
            state.seen.set((state.seen.get() ?? 0) + 1)
            yield `${key} ${time} ${state.seen.get()}`
          },
        })
        .keyBy('other', () => 'other')
        .process('q', { onRecord: (value) => [value] }),
    )
    expect(put(flow, 'a', 'x', 5)).toEqual(['other=one@5', 'other=a 5 2@5'])
  })
})

describe('state', () => {
  const counting = records().process('counting', {
    state: { seen: valueState(number) },
    onRecord(_value, { state }) {
      const count = (state.seen.get() ?? 0) + 1
      if (count === 4) state.seen.clear()
      else state.seen.set(count)
      return [count]
    },
  })

  test('a value is scoped to the key, and may be taken away', () => {
    const flow = driven(counting)
    const counts = ['a', 'a', 'b', 'a', 'a', 'a', 'b'].flatMap((key, time) => put(flow, key, 'x', time))
    expect(counts).toEqual(['a=1@0', 'a=2@1', 'b=1@2', 'a=3@3', 'a=4@4', 'a=1@5', 'b=2@6'])
  })

  test('a map is scoped to the key, its entries come in the order of their bytes', () => {
    const flow = driven(
      records().process('baskets', {
        state: { items: mapState(text, json<{ n: number }>()) },
        onRecord(value, { state: { items } }) {
          if (value === null) return [[...items.entries()].map(([item, { n }]) => item + n).join(' ')]
          if (value.startsWith('-')) items.delete(value.slice(1))
          else items.set(value, { n: (items.get(value)?.n ?? 0) + 1 })
          return []
        },
      }),
    )
    for (const [key, value] of [
      ['a', 'pear'],
      ['ab', 'fig'],
      ['a', 'fig'],
      ['a', 'pear'],
      ['', 'nut'],
    ] as const)
      put(flow, key, value, 1)
    expect(put(flow, 'a', null, 2)).toEqual(['a=fig1 pear2@2'])
    expect(put(flow, 'ab', null, 2)).toEqual(['ab=fig1@2'])
    put(flow, 'a', '-fig', 3)
    flow.restart()
    expect(put(flow, 'a', null, 4)).toEqual(['a=pear2@4'])
    expect(put(flow, '', null, 4)).toEqual(['=nut1@4'])
  })

  test('an object may be changed and set again: a record that fails afterwards leaves it as it was', () => {
    const flow = driven(
      records().process('list', {
        state: { all: valueState(json<string[]>()) },
        onRecord(value, { state }) {
          const all = state.all.get() ?? []
          all.push(value!)
          state.all.set(all)
          all.push('not set')
          state.all.get()!.push('not set either')
          if (value === 'bad') throw new Error('bad')
          return [state.all.get()!.join('')]
        },
      }),
    )
    expect([put(flow, 'a', '1', 1), put(flow, 'a', 'bad', 2), put(flow, 'a', '2', 3)].flat()).toEqual([
      'a=1@1',
      'a=12@3',
    ])
    expect(flow.deadLetters('in')).toHaveLength(1)
  })

  test.each([
    ['undefined', undefined],
    ['what the serde refuses', 'text'],
  ])('%s can not be set', (_, value) => {
    const flow = driven(
      records().process('p', {
        state: { seen: valueState(number) },
        onRecord(_value, { state }) {
          state.seen.set(value as unknown as number)
          return ['set']
        },
      }),
    )
    expect(put(flow, 'a', 'x', 1)).toEqual([])
    expect(flow.deadLetters('in')[0]!.headers['__millrace.dlq.error.code']).toBe('MR3002')
  })

  test('is out of reach once the handler has returned', () => {
    let escaped: (() => unknown) | null = null
    const flow = driven(
      records().process('p', {
        state: { seen: valueState(number) },
        onRecord(_value, { state }) {
          escaped = () => state.seen.get()
          return []
        },
      }),
    )
    put(flow, 'a', 'x', 1)
    expect(escaped!).toThrow('no key is in hand')
  })

  test('expires when its last change lies so far behind event time, and leaves the store', () => {
    const flow = driven(
      records().process('p', {
        state: { seen: valueState(number, { ttl: ms(10) }), items: mapState(text, number, { ttl: ms(10) }) },
        onRecord(value, { state }) {
          const found = `${state.seen.get()} ${[...state.items.entries()].map(([item]) => item).join('')}`
          if (value !== 'look') state.seen.set(1)
          if (value !== 'look') state.items.set(value!, 1)
          return [found]
        },
      }),
    )
    const cases: [key: string, value: string, time: number, found: string][] = [
      ['a', 'x', 0, 'undefined '],
      ['a', 'y', 5, '1 x'],
      ['b', 'look', 9, 'undefined '],
      ['a', 'look', 10, '1 y'],
      ['a', 'look', 14, '1 y'],
      ['a', 'look', 15, 'undefined '],
    ]
    for (const [key, value, time, found] of cases) {
      expect(put(flow, key, value, time)).toEqual([`${key}=${found}@${time}`])
      flow.restart()
    }
    put(flow, 'a', 'z', 20)
    put(flow, 'b', 'look', 100)
    flow.restart()
    expect(flow.counters.restoredRows).toBeGreaterThan(0)
    expect(put(flow, 'a', 'look', 100)).toEqual(['a=undefined @100'])
  })
})

describe('timers', () => {
  /** `name@time` sets a timer, `-name` and `-name@time` cancel; what fires says which, when, and how often the key had one. */
  const timed = (options: SourceOptions<string, string | null> = {}) =>
    records(options).process('timed', {
      state: { fired: valueState(number) },
      onRecord(value, { timers }) {
        for (const word of value!.split(' ')) {
          const [name = '', time] = word.replace(/^-/, '').split('@')
          if (word.startsWith('-')) timers.cancel(name, time === undefined ? undefined : Number(time))
          else if (time !== undefined) timers.set(name, Number(time))
        }
        return [`record ${value}`]
      },
      onTimer({ name, time }, { state, timers, topic: source, offset, headers, key, window }) {
        if (name === 'bad') {
          state.fired.set(99)
          timers.set('never', 100)
          throw new Error('bad timer')
        }
        if (name === 'again' && time < 40) timers.set('again', time + 10)
        const count = (state.fired.get() ?? 0) + 1
        state.fired.set(count)
        expect([source, offset, headers, window]).toEqual([null, -1, [], null])
        return [`${key}.${name} of ${time}, ${count}`]
      },
    })

  test('fire once when event time has come to them, in the order of time, key bytes, name', () => {
    const flow = driven(timed())
    expect(put(flow, 'b', 'late@30 early@10 early@10 z@20', 1)).toHaveLength(1)
    expect(put(flow, 'a', 'x@20', 1)).toHaveLength(1)
    expect(put(flow, 'b', 'a@20', 9)).toHaveLength(1)
    expect(put(flow, 'c', '.', 10)).toEqual(['c=record .@10', 'b=b.early of 10, 1@10'])
    expect(put(flow, 'c', '.', 10)).toEqual(['c=record .@10'])
    expect(put(flow, 'c', '.', 30)).toEqual([
      'c=record .@30',
      'a=a.x of 20, 1@30',
      'b=b.a of 20, 2@30',
      'b=b.z of 20, 3@30',
      'b=b.late of 30, 4@30',
    ])
  })

  test('set at or below event time it fires right after the handler', () => {
    const flow = driven(timed())
    expect(put(flow, 'a', 'now@20 past@3 later@21', 20)).toEqual([
      'a=record now@20 past@3 later@21@20',
      'a=a.past of 3, 1@20',
      'a=a.now of 20, 2@20',
    ])
  })

  test('set at or below event time by a periodic call it fires right after it, also behind a repartition topic', () => {
    const behind = records()
      .keyBy('again', (_value, { key }) => key, { key: text })
      .process('p', {
        state: { seen: valueState(number) },
        onRecord: (_value, { state }) => state.seen.set(1),
        onTimer: ({ name, time }) => [`${name} of ${time}`],
        everyEventTime: {
          every: ms(10),
          forEachKey: true,
          run: ({ timers }) => {
            timers.set('past', 3)
            return ['tick']
          },
        },
      })
    const flow = driven(behind)
    expect(put(flow, 'a', 'x', 15)).toEqual(['a=tick@15', 'a=past of 3@15'])
  })

  test('one set by a timer joins the others in their order', () => {
    const flow = driven(timed())
    put(flow, 'a', 'again@10 between@25', 1)
    expect(put(flow, 'b', '.', 100).slice(1)).toEqual([
      'a=a.again of 10, 1@100',
      'a=a.again of 20, 2@100',
      'a=a.between of 25, 3@100',
      'a=a.again of 30, 4@100',
      'a=a.again of 40, 5@100',
    ])
  })

  test('are cancelled by name and time, or by name', () => {
    const flow = driven(timed())
    put(flow, 'a', 'x@10 x@20 y@10 xx@10', 1)
    put(flow, 'a', '-x@10', 2)
    put(flow, 'b', 'x@10', 2)
    put(flow, 'a', '-y', 3)
    expect(put(flow, 'c', '.', 50).slice(1)).toEqual(['a=a.xx of 10, 1@50', 'b=b.x of 10, 1@50', 'a=a.x of 20, 2@50'])
  })

  test('wait for out-of-order records: event time is the record less the disorder of its source', () => {
    const flow = driven(timed({ outOfOrderness: ms(5) }))
    put(flow, 'a', 'x@10', 1)
    expect(put(flow, 'b', '.', 14)).toHaveLength(1)
    expect(put(flow, 'b', '.', 15).slice(1)).toEqual(['a=a.x of 10, 1@10'])
  })

  test('survive a restart, and are not repeated after it', () => {
    const flow = driven(timed())
    put(flow, 'a', 'x@10 y@20', 1)
    flow.restart()
    expect(put(flow, 'b', '.', 10).slice(1)).toEqual(['a=a.x of 10, 1@10'])
    flow.restart()
    expect(put(flow, 'b', '.', 30).slice(1)).toEqual(['a=a.y of 20, 2@30'])
  })

  test('one that fails takes back its own writes only, and its policy is asked', () => {
    const flow = driven(timed({ onFailure: [deadLetter('bad')] }))
    put(flow, 'a', 'x@10 bad@10 y@10', 1)
    expect(put(flow, 'b', '.', 10).slice(1)).toEqual(['a=a.x of 10, 1@10', 'a=a.y of 10, 2@10'])
    const [letter] = flow.deadLetters('bad')
    expect(letter!.key!.toString()).toBe('a')
    expect(JSON.parse(letter!.value!.toString())).toEqual({ timer: 'bad', time: 10 })
    expect(letter!.headers['__millrace.dlq.node']).toBe('timed')
  })

  test('of a record that is rejected are not set', () => {
    const flow = driven(
      timed().map((value) => {
        if (value === 'record x@10') throw new Error('refused')
        return value
      }),
    )
    put(flow, 'a', 'x@10', 1)
    expect(put(flow, 'b', '.', 50)).toEqual(['b=record .@50'])
  })

  test('that a rejected record made fire, fire later', () => {
    const flow = driven(
      timed().map((value) => {
        if (value === 'record bad') throw new Error('refused')
        return value
      }),
    )
    put(flow, 'a', 'x@10', 1)
    expect(put(flow, 'b', 'bad', 50)).toEqual(['a=a.x of 10, 1@50'])
  })

  test.each(['-1', '1.5', 'NaN'])('can not be set to %s', (time) => {
    const flow = driven(timed())
    expect(put(flow, 'a', `x@${time}`, 1)).toEqual([])
    expect(flow.deadLetters('in')[0]!.headers['__millrace.dlq.error.code']).toBe('MR3003')
  })

  test('the end of a bounded run fires those that are set, at the time they were set to; what they set waits for a later run', () => {
    const flow = driven(timed())
    put(flow, 'a', 'again@10 x@30', 1)
    flow.end()
    expect(said(flow)).toEqual(['a=a.again of 10, 1@10', 'a=a.x of 30, 2@30'])
    expect(put(flow, 'b', '.', 20).slice(1)).toEqual(['a=a.again of 20, 3@20'])
  })

  test('can not be set where nothing would be called', () => {
    const flow = driven(records().process('p', { onRecord: (_value, { timers }) => timers.set('x', 5) }))
    put(flow, 'a', 'x', 1)
    expect(flow.deadLetters('in')[0]!.headers['__streams.errors.message']).toContain('no onTimer')
  })
})

describe('periodic calls by event time', () => {
  const ticking = records().process('ticking', {
    onRecord: () => [],
    everyEventTime: {
      every: ms(10),
      run({ key, time, topic: source, offset, partition, headers, now }) {
        expect([key, source, offset, partition, headers, now()]).toEqual([null, null, -1, 0, [], time])
        return ['tick']
      },
    },
  })

  test('begin with the first record and go on at multiples of the interval; missed ones are one (C6)', () => {
    const flow = driven(ticking)
    const times = [20, 25, 142, 145, 155, 159, 160, 161]
    expect(times.flatMap((time) => put(flow, 'a', 'x', time))).toEqual([
      'null=tick@20',
      'null=tick@142',
      'null=tick@155',
      'null=tick@160',
    ])
  })

  test('are called for each key that has state, with its state in hand', () => {
    const flow = driven(
      records().process('p', {
        state: { last: valueState(text), all: mapState(text, number) },
        onRecord(value, { state, key }) {
          if (key === 'm') state.all.set(value!, 1)
          else state.last.set(value!)
        },
        everyEventTime: {
          every: ms(10),
          forEachKey: true,
          run({ key, state, now }) {
            const found = state.last.get()
            state.last.clear()
            return [`${key} ${found} ${[...state.all.entries()].length} ${now()}`]
          },
        },
      }),
    )
    put(flow, 'b', 'x', 0)
    put(flow, 'm', 'y', 1)
    put(flow, 'm', 'z', 1)
    put(flow, 'a', 'y', 2)
    expect(put(flow, 'a', 'z', 13)).toEqual(['a=a z 0 13@13', 'm=m undefined 2 13@13'])
    expect(put(flow, 'm', 'z', 20)).toEqual(['m=m undefined 2 20@20'])
  })

  test('a call that fails does not come again, others do', () => {
    const flow = driven(
      records().process('p', {
        onRecord: () => [],
        everyEventTime: {
          every: ms(10),
          run({ time }) {
            if (time === 11) throw new Error('eleven')
            return ['tick']
          },
        },
      }),
    )
    expect([5, 11, 12, 20].flatMap((time) => put(flow, 'a', 'x', time))).toEqual(['null=tick@5', 'null=tick@20'])
    expect(JSON.parse(flow.deadLetters('in')[0]!.value!.toString())).toEqual({ every: 'event-time', time: 11 })
  })

  test('are cancelled from inside, also for after a restart', () => {
    const flow = driven(
      records().process('p', {
        onRecord: () => [],
        everyEventTime: {
          every: ms(10),
          run({ time, cancel }) {
            if (time >= 20) cancel()
            return ['tick']
          },
        },
      }),
    )
    expect([5, 20, 30].flatMap((time) => put(flow, 'a', 'x', time))).toEqual(['null=tick@5', 'null=tick@20'])
    flow.restart()
    expect(put(flow, 'a', 'x', 90)).toEqual([])
  })

  test('of a rejected record come with the next', () => {
    const flow = driven(
      records()
        .process('p', { onRecord: (value) => [value], everyEventTime: { every: ms(10), run: () => ['tick'] } })
        .map((value) => {
          if (value === 'bad') throw new Error('refused')
          return value
        }),
    )
    put(flow, 'a', 'x', 5)
    expect(put(flow, 'a', 'bad', 12)).toEqual(['null=tick@12'])
  })

  test('and so do those that had come before the record failed elsewhere', () => {
    const source = records()
    const ticks = source.process('p', { everyEventTime: { every: ms(10), run: () => ['tick'] } })
    const failing = source.map((value) => {
      if (value === 'bad') throw new Error('refused')
      return value
    })
    const flow = drive(topology('app', ticks.to(output), failing.to(copies)))
    put(flow, 'a', 'x', 5)
    expect(put(flow, 'a', 'bad', 12)).toEqual(['null=tick@12'])
    expect(put(flow, 'a', 'x', 13)).toEqual([])
  })

  test('the end of a bounded run brings none beyond the last record', () => {
    const flow = driven(ticking)
    put(flow, 'a', 'x', 5)
    flow.end()
    expect(said(flow)).toEqual(['null=tick@5'].slice(1))
  })

  test('go on after a restart where they stood', () => {
    const flow = driven(ticking)
    put(flow, 'a', 'x', 5)
    flow.restart()
    expect([6, 9, 10].flatMap((time) => put(flow, 'a', 'x', time))).toEqual(['null=tick@10'])
  })
})
