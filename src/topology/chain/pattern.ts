import type { Duration } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import { json } from '../../serde/json.ts'
import type { Serde } from '../../serde/serde.ts'
import { policiesOf } from '../fold.ts'
import { lateOf } from '../late.ts'
import { lengthOf } from '../lengths.ts'
import { checkName } from '../names.ts'
import { orderedStore } from '../node-stores.ts'
import type { AfterMatch, PatternNode, PatternStep } from '../nodes/pattern.ts'
import type { PatternOptions } from '../steps/pattern.ts'
import type { StreamHost } from './host.ts'
import { keySerdeOf } from './key-of.ts'

type Options = PatternOptions<unknown, unknown, never, unknown> & { readonly value?: Serde<unknown> }

/** A state byte and a time: the records of a task in the order of time, those that wait first. */
const recordTailBytes = 9
/** A time: matches under way in the order they began. */
const partialTailBytes = 8

export const patternOfStreams: {
  pattern(this: StreamHost, name: string, sequence: { steps: readonly PatternStep[] }, options: Options): StreamHost
} = {
  pattern(name, sequence, options) {
    const keySerde = keySerdeOf(`pattern ${name}`, this)
    const valueSerde = options.value ?? json()
    const node: PatternNode = {
      kind: 'pattern',
      input: this.node,
      name: checkName('pattern', name),
      sequence: checkSequence(name, sequence),
      within: checkWithin(name, options.within),
      skip: checkSkip(name, options.skip ?? 'none'),
      // Its context is that of every handler; here a match has no window.
      select: options.select as PatternNode['select'],
      keySerde,
      valueSerde,
      stores: Object.freeze([
        orderedStore(`${name}.records`, valueSerde, recordTailBytes),
        orderedStore(`${name}.partial`, json(), partialTailBytes),
      ] as const),
      ...lateOf(options),
      ...policiesOf(options),
    }
    return this.makeLate(Object.freeze(node))
  },
}

function checkWithin(name: string, within: Duration): number {
  const length = lengthOf('within', within)
  if (length > 0) return length
  throw new MillraceError('fatal', {
    code: 'MR4003',
    what: `The pattern ${name} has no time for a match`,
    why: 'the last record of a match comes less than `within` after its first',
    fix: 'within: { minutes: 10 }',
  })
}

function checkSkip(name: string, skip: AfterMatch): AfterMatch {
  if (skip === 'none' || skip === 'past-last') return skip
  throw new MillraceError('fatal', { code: 'MR1003', what: `The pattern ${name} can't skip ${JSON.stringify(skip)}` })
}

/** Programs without types can pass anything. */
function checkSequence(
  name: string,
  sequence: { readonly steps?: readonly PatternStep[] } | undefined,
): readonly PatternStep[] {
  if (Array.isArray(sequence?.steps)) return sequence.steps
  throw new MillraceError('fatal', {
    code: 'MR4004',
    what: `The pattern ${name} was given no sequence`,
    fix: `stream.pattern('${name}', begin('first', predicate).next('second', predicate), { within, select })`,
  })
}
