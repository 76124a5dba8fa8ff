/** Windowed folds of every kind: their updates, their final rows, and updates held until the window closes. */
import type { Case, Emission, FoldKind, Operator, Put, WindowShape } from '../case.ts'
import type { Draw } from '../draw.ts'
import type { Comparison, Family, Held, Lateness } from '../family.ts'
import { finalOf, withUpdates } from '../final.ts'
import { drawKeys, drawRecords, inputOf, limitLateness, type Timing } from '../records.ts'
import { updatesOf } from '../updates.ts'
import { before, isFiltered, keyless, stream, toOutput } from './pieces.ts'

type Kind = WindowShape['kind']

const shapes: { readonly [K in Kind]: (draw: Draw) => WindowShape } = {
  tumbling: (draw) => ({ kind: 'tumbling', size: draw.integer(1, 30), grace: drawGrace(draw) }),
  hopping: (draw) => {
    const size = draw.integer(2, 30)
    return { kind: 'hopping', size, hop: draw.integer(Math.ceil(size / 5), size), grace: drawGrace(draw) }
  },
  sliding: (draw) => ({ kind: 'sliding', length: draw.integer(1, 20), grace: drawGrace(draw) }),
  session: (draw) => ({ kind: 'session', gap: draw.integer(1, 15), grace: drawGrace(draw) }),
}

function drawGrace(draw: Draw): number {
  return draw.pick([0, 0, 1, draw.integer(2, 10), draw.integer(5, 40), 1000])
}

function timingOf(shape: WindowShape): Timing {
  const { grace } = shape
  switch (shape.kind) {
    case 'session':
      return { edges: [shape.gap, grace, shape.gap + grace, 2 * shape.gap], grid: null }
    case 'sliding':
      return { edges: [shape.length, grace, shape.length + grace, 2 * shape.length + grace], grid: null }
    case 'tumbling':
      return { edges: [shape.size, grace, shape.size + grace], grid: shape.size }
    case 'hopping':
      return { edges: [shape.size, grace, shape.size + grace, shape.hop], grid: shape.hop }
  }
}

interface Place {
  readonly emit: Emission
  readonly repartitioned: boolean
}

/** Sliding windows skip null values; a reduce has no sum for a first value that is null. */
function drawCase(draw: Draw, kind: Kind, { emit, repartitioned }: Place): Omit<Case, 'operator'> {
  const shape = shapes[kind](draw)
  const fold = draw.pick<FoldKind>(['count', 'reduce', 'append'])
  const chain = before(draw, 'in')
  const input = inputOf('in-topic', drawKeys(draw), fold === 'reduce' ? { nullValues: null } : {})
  const drawn = drawRecords(draw, [input], timingOf(shape))
  // Behind a record later than grace sliding windows can't be compared any more: two cases in three have none.
  const steps = kind === 'sliding' && !draw.once(3) ? limitLateness(drawn, shape.grace) : drawn
  const by: Operator[] = repartitioned ? [{ op: 'key-by', id: 'by', of: chain.last, modulus: draw.integer(1, 3) }] : []
  const of = by[0]?.id ?? chain.last
  const made: Operator = { op: 'window-fold', id: 'fold', of, fold, windows: shape, emit }
  const end = emit === 'updates' ? toOutput(draw, 'fold') : [{ op: 'to', id: 'to', of: 'fold', topic: 'out' } as const]
  const source = repartitioned ? keyless('in') : stream('in')
  return { operators: [source, ...chain.operators, ...by, made, ...end], steps, stores: storesOf(kind, emit) }
}

function isHeld(about: Pick<Case, 'operators'>): (put: Put) => boolean {
  const drops = isFiltered(about)
  const keyed = !about.operators.some(({ op }) => op === 'key-by')
  const sliding = about.operators.some((each) => each.op === 'window-fold' && each.windows.kind === 'sliding')
  return (put) => (keyed && put.key === null) || drops(put) || (sliding && put.value === null)
}

function storesOf(kind: Kind, emit: Emission): Case['stores'] {
  return emit === 'updates' ? [{ name: 'fold', kind: kind === 'session' ? 'session' : 'window' }] : []
}

function updates(kind: Kind): Family {
  const comparison: Comparison = kind === 'sliding' ? 'set' : 'list'
  return {
    name: kind,
    comparison,
    isHeld,
    expect: updatesOf,
    draw: (draw) => drawCase(draw, kind, { emit: 'updates', repartitioned: false }),
  }
}

/** Behind a repartition topic time moves at the commit: the rows of a step in any order. */
function repartitioned(kind: Kind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => drawCase(from, kind, { emit: 'updates', repartitioned: true })
  return {
    name: `${kind}-repartitioned`,
    comparison: kind === 'sliding' ? 'set' : 'bag',
    isHeld,
    expect: updatesOf,
    draw,
  }
}

function final(kind: Kind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => drawCase(from, kind, { emit: 'final', repartitioned: false })
  const own = {
    name: `${kind}-final`,
    comparison: 'list',
    isHeld,
    draw,
    peerCase: withUpdates,
    expect: finalOf,
  } as const
  return kind === 'tumbling' || kind === 'hopping' ? { ...own, ownRowsAreAmong: true } : own
}

/** Kafka Streams holds sessions and sliding windows one off (`semantics.md` 3.7): there too the updates are the oracle. */
function suppress(kind: Kind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => drawCase(from, kind, { emit: 'suppress', repartitioned: false })
  const own = { name: `${kind}-suppress`, isHeld, draw }
  if (kind === 'tumbling' || kind === 'hopping') return { ...own, comparison: 'bag' }
  return { ...own, comparison: 'list', peerCase: withUpdates, expect: finalOf }
}

/** Each stream has a time of its own in Kafka Streams, one of all in Millrace: no record is later than grace. */
function cogroup(kind: Kind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => {
    const shape = shapes[kind](from)
    const keys = drawKeys(from)
    const steps = drawRecords(
      from,
      ['one-topic', 'two-topic'].map((topic) => inputOf(topic, keys)),
      timingOf(shape),
    )
    const made: Operator = { op: 'cogroup', id: 'fold', inputs: ['one', 'two'], windows: shape }
    return { operators: [stream('one'), stream('two'), made, ...toOutput(from, 'fold')], steps, stores: [] }
  }
  const lateness: Lateness = ({ operators }) =>
    operators.find((operator) => operator.op === 'cogroup')?.windows?.grace ?? null
  const skipped: Held = () => (put) => put.key === null || (kind === 'sliding' && put.value === null)
  const comparison: Comparison = kind === 'sliding' ? 'set' : 'list'
  return { name: `cogroup-${kind}`, comparison, isHeld: skipped, lateness, draw }
}

const kinds: readonly Kind[] = ['tumbling', 'hopping', 'sliding', 'session']

export const windowFamilies: readonly Family[] = [
  ...kinds.map(updates),
  ...kinds.map(repartitioned),
  ...kinds.map(final),
  ...kinds.map(suppress),
  ...kinds.map(cogroup),
]
