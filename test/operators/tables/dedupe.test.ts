import { describe, expect, test } from 'vitest'
import { from, json, nullable, text, topic, topology } from '../../../src/index.ts'
import { driven, input, lateLine, lateOutput, ms, output } from './kit.ts'
import { World } from './world.ts'

interface Rule {
  readonly within: number
  readonly grace?: number
  readonly by?: (value: string | null) => string
}

function once({ within, grace = 0, by }: Rule): World {
  const first = from(input).dedupe('once', { within: ms(within), grace: ms(grace), ...(by && { by }) })
  return new World(topology('app', first.to(output), first.late.map(lateLine).to(lateOutput)))
}

type Put = readonly [key: string, value: string, time: number]

function passed(world: World, puts: readonly Put[]): string[] {
  for (const [key, value, time] of puts) {
    world.put('in', key, value, time)
    world.commit()
  }
  return world.said()
}

describe('dedupe', () => {
  test.each<[name: string, rule: Rule, puts: Put[], out: string[]]>([
    [
      'the first record of a key passes',
      { within: 10 },
      [
        ['a', '1', 5],
        ['a', '2', 5],
        ['a', '3', 6],
      ],
      ['a=1@5'],
    ],
    [
      'keys are apart',
      { within: 10 },
      [
        ['a', '1', 5],
        ['b', '2', 5],
      ],
      ['a=1@5', 'b=2@5'],
    ],
    [
      'the span is inclusive',
      { within: 10 },
      [
        ['a', '1', 5],
        ['a', '2', 15],
      ],
      ['a=1@5'],
    ],
    [
      'behind the span the next one passes',
      { within: 10 },
      [
        ['a', '1', 5],
        ['a', '2', 16],
      ],
      ['a=1@5', 'a=2@16'],
    ],
    [
      'a duplicate does not extend the span',
      { within: 10 },
      [
        ['a', '1', 5],
        ['a', '2', 14],
        ['a', '3', 16],
      ],
      ['a=1@5', 'a=3@16'],
    ],
    [
      'by is part of what is the same',
      { within: 10, by: String },
      [
        ['a', 'x', 1],
        ['a', 'y', 2],
        ['a', 'x', 3],
      ],
      ['a=x@1', 'a=y@2'],
    ],
    [
      'one that passed later counts for an older record too',
      { within: 10, grace: 100 },
      [
        ['a', '1', 30],
        ['a', '2', 20],
      ],
      ['a=1@30'],
    ],
    [
      'an older record outside the span passes',
      { within: 10, grace: 100 },
      [
        ['a', '1', 30],
        ['a', '2', 19],
        ['a', '3', 29],
      ],
      ['a=1@30', 'a=2@19'],
    ],
    [
      'nothing passes beside one that has passed, though that is nearly forgotten',
      { within: 10, grace: 6 },
      [
        ['a', '1', 4],
        ['b', '2', 20],
        ['a', '3', 14],
      ],
      ['a=1@4', 'b=2@20'],
    ],
    [
      'what came too late to be judged does not pass',
      { within: 10 },
      [
        ['a', '1', 5],
        ['b', '2', 16],
        ['a', '3', 10],
      ],
      ['a=1@5', 'b=2@16', 'a=3@10 too-late at 16 by once@10'],
    ],
    [
      'a key that is the beginning of another is another',
      { within: 10 },
      [
        ['a', '1', 5],
        ['a\u0000', '2', 5],
      ],
      ['a=1@5', 'a\u0000=2@5'],
    ],
  ])('%s', (_name, rule, puts, out) => {
    expect(passed(once(rule), puts)).toEqual(out)
  })

  test.each([
    [10, 0, 100, true],
    [10, 0, 99, false],
    [10, 5, 95, true],
    [10, 5, 94, false],
  ])('within %i, grace %i, T = 100: a record at %i is in time: %s', (within, grace, time, inTime) => {
    const world = once({ within, grace })
    const said = passed(world, [
      ['b', 'newest', 100],
      ['a', 'x', time],
    ])
    expect(said[1]).toBe(inTime ? `a=x@${time}` : `a=x@${time} too-late at 100 by once@${time}`)
    expect(world.counted('late')).toBe(inTime ? 0 : 1)
  })

  test('what has passed is known within the grace, whatever time has done', () => {
    const world = once({ within: 10, grace: 20 })
    passed(world, [
      ['a', 'x', 100],
      ['b', 'y', 130],
    ])
    expect(passed(world, [['a', 'again', 110]])).toEqual([])
    expect(world.counted('filtered')).toBe(1)
  })

  test('what can not matter any more is forgotten, also in the changelog', () => {
    const world = once({ within: 10, grace: 5 })
    passed(world, [
      ['a', 'x', 1],
      ['b', 'y', 2],
      ['c', 'z', 17],
    ])
    expect(world.store('once').size).toBe(2)
    world.crash()
    expect(world.store('once').size).toBe(2)
  })

  test('a restart between two records changes nothing', () => {
    const world = once({ within: 10 })
    passed(world, [['a', 'x', 5]])
    world.crash()
    expect(passed(world, [['a', 'y', 6]])).toEqual([])
    world.crash()
    expect(passed(world, [['b', 'newest', 100]])).toEqual(['b=newest@100'])
    world.crash()
    passed(world, [['c', 'old', 1]])
    expect(world.counted('late')).toBe(1)
  })

  test('a record whose later step fails has not passed', () => {
    const first = from(input)
      .dedupe('once', { within: ms(10) })
      .map((value) => {
        if (value === 'bad') throw new Error('bad')
        return value
      })
    const { put } = driven(topology('app', first.to(output)))
    expect(put('a', 'bad', 1)).toEqual([])
    expect(put('a', 'good', 2)).toEqual(['a=good@2'])
  })

  test('the end of a bounded run forgets nothing: a later run goes on', () => {
    const { put, flow } = driven(
      topology(
        'app',
        from(input)
          .dedupe('once', { within: ms(10) })
          .to(output),
      ),
    )
    put('a', 'x', 5)
    flow.end()
    expect(put('a', 'again', 6)).toEqual([])
  })

  test('a null key rejects the record', () => {
    const keyless = topic('keyless', { value: nullable(json<string>()) })
    const untyped = from(keyless) as unknown as { dedupe(name: string, options: object): unknown }
    expect(() => untyped.dedupe('once', { within: ms(1) })).toThrow(/no key/)
    const rekeyed = from(keyless).keyBy('k', () => null as unknown as string, { key: text })
    const { flow } = driven(topology('app', rekeyed.dedupe('once', { within: ms(1) }).to(output)))
    flow.put(keyless, 'x', { time: 1 })
    expect(flow.take(output)).toEqual([])
  })
})
