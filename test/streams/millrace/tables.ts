/** Folds without windows, regrouped tables and user code of a case in the words of the DSL. */
import { number } from '../../../src/serde/number.ts'
import { text } from '../../../src/serde/text.ts'
import type { OperatorOf } from '../case.ts'
import type { Made } from './made.ts'
import { append, groupOf, takeBack, unite } from './values.ts'
import { flattened, windowsOf } from './windows.ts'
import { type Chain, step, word } from './words.ts'

export function makeFold({ id, of, fold }: OperatorOf<'fold'>, made: Made): Chain {
  const stream = made.of(of)
  if (fold === 'count') return step(step(stream, 'count', id), 'map', String)
  if (fold === 'reduce') return step(stream, 'reduce', id, append)
  return step(stream, 'aggregate', id, { as: text, start: '0', add: append })
}

export function makeGroupFold({ id, of, fold, modulus }: OperatorOf<'group-fold'>, made: Made): Chain {
  const grouped = step(made.of(of), 'groupBy', `${id}-by`, (value: string) => groupOf(value, modulus))
  const rule = { add: append, subtract: takeBack }
  if (fold === 'count') return step(step(grouped, 'count', id), 'map', String)
  if (fold === 'reduce') return step(grouped, 'reduce', id, rule)
  return step(grouped, 'aggregate', id, { as: text, start: '0', ...rule })
}

/** Each stream leaves its own sign in the sum. */
export function makeCogroup({ id, inputs, windows }: OperatorOf<'cogroup'>, made: Made): Chain {
  const add = (folds: Chain, input: string, place: number): Chain =>
    step(folds, 'add', made.of(input), (sum: string, value: string | null) =>
      append(sum, `${'abc'[place]}${value ?? '~'}`),
    )
  const merge = windows?.kind === 'session' ? { merge: unite } : {}
  const together = inputs.reduce(add, word('cogroup', id, { as: text, start: '0', ...merge }))
  if (windows === null) return step(together, 'table')
  return flattened(step(step(together, 'window', windowsOf(windows)), 'updates'))
}

interface Counting {
  readonly state: { readonly seen: { get(): number | undefined; set(count: number): void } }
}

export function makeProcess({ id, of, everyEventTime, everyWallClock }: OperatorOf<'process'>, made: Made): Chain {
  const says = (every: number, sign: string): unknown => ({
    every: { milliseconds: every },
    run: ({ time }: { readonly time: number }) => [`${sign}@${time}`],
  })
  return step(made.of(of), 'process', id, {
    state: { seen: word('valueState', number) },
    onRecord: countPerKey,
    ...(everyEventTime === null ? {} : { everyEventTime: says(everyEventTime, 'tick') }),
    ...(everyWallClock === null ? {} : { everyWallClock: says(everyWallClock, 'clock') }),
  })
}

function countPerKey(value: string | null, { state }: Counting): readonly string[] {
  if (value === null) return []
  const count = (state.seen.get() ?? 0) + 1
  state.seen.set(count)
  return [`${value}#${count}`]
}
