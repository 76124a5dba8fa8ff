/** The node that pairs the records of two streams. */
import type { Duration } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import { json } from '../../serde/json.ts'
import type { Serde } from '../../serde/serde.ts'
import { policiesOf } from '../fold.ts'
import type { StepOptions } from '../handler.ts'
import { type LateOptions, lateOf } from '../late.ts'
import { lengthOf } from '../lengths.ts'
import { checkName } from '../names.ts'
import { orderedStore } from '../node-stores.ts'
import type { StreamJoinNode } from '../nodes/joins.ts'
import { sidedValue, storedValue } from './stored.ts'

export interface PairSettings extends StepOptions, LateOptions {
  readonly within?: Duration
  readonly before?: Duration
  readonly after?: Duration
  readonly grace?: Duration
  readonly left?: Serde<unknown>
  readonly right?: Serde<unknown>
}

type Given = Pick<StreamJoinNode, 'name' | 'join' | 'joiner' | 'keySerde' | 'inputs'>

/** Rows are also sorted by their time and number. */
const timeAndSequenceBytes = 12

/** @throws MillraceError MR4003 when it isn't told how far apart a pair may be, MR1003 for a length that can't be */
export function streamJoinNode(given: Given, options: PairSettings): StreamJoinNode {
  const name = checkName('join', given.name)
  const left = options?.left ?? json()
  const right = options?.right ?? json()
  return {
    ...given,
    kind: 'stream-join',
    inputs: Object.freeze(given.inputs),
    copartitioned: true,
    ...boundsOf(name, options),
    grace: lengthOf('grace', options.grace ?? {}),
    emit: 'final',
    rowSerde: sidedValue(left, right),
    stores: Object.freeze([
      orderedStore(`${name}.left`, storedValue(left), timeAndSequenceBytes),
      orderedStore(`${name}.right`, storedValue(right), timeAndSequenceBytes),
    ] as const),
    ...lateOf(options),
    ...policiesOf(options),
  }
}

/** Programs without types can leave them out. */
function boundsOf(name: string, options: PairSettings | undefined): Pick<StreamJoinNode, 'before' | 'after'> {
  const before = options?.within ?? options?.before
  const after = options?.within ?? options?.after
  if (before !== undefined && after !== undefined) {
    return { before: lengthOf('before', before), after: lengthOf('after', after) }
  }
  throw new MillraceError('fatal', {
    code: 'MR4003',
    what: `The join ${name} doesn't say how far apart two records may be`,
    fix: '{ within: { minutes: 5 } }, or { before: { minutes: 5 }, after: { minutes: 1 } }',
  })
}
