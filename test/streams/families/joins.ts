/** Stream–stream joins: equal where no row is later than grace; where Millrace differs on purpose, as it must. */
import type { Case, JoinKind, OperatorOf, Put, Step } from '../case.ts'
import type { Draw } from '../draw.ts'
import type { Family, Held, Lateness } from '../family.ts'
import { withUpdates } from '../final.ts'
import { finalJoinOf, openPairsOf, updatesJoinOf } from '../joined.ts'
import { drawKeys, drawRecords, inputOf } from '../records.ts'
import { stream } from './pieces.ts'

interface Shape {
  readonly join: JoinKind
  readonly emit: 'updates' | 'final'
  readonly symmetric: boolean
}

function drawCase(draw: Draw, { join, emit, symmetric }: Shape): Omit<Case, 'operator'> {
  const before = draw.integer(1, 20)
  const after = symmetric ? before : draw.integer(1, 20)
  const grace = draw.pick([0, 0, 1, draw.integer(2, 10), draw.integer(5, 40)])
  const edges = [before, after, grace, before + grace, after + grace, before + after + grace]
  const keys = drawKeys(draw)
  const nullKeys = join === 'inner' ? 10 : null
  const inputs = ['left-topic', 'right-topic'].map((topic) => inputOf(topic, keys, { nullKeys }))
  const drawn = drawRecords(draw, inputs, { edges, grid: null })
  const joined: OperatorOf<'stream-join'> = {
    ...{ op: 'stream-join', id: 'join', left: 'left', right: 'right' },
    ...{ join, before, after, grace, emit },
  }
  const steps = symmetric ? drawn : [...drawn, ...flushing(drawn)]
  return {
    operators: [stream('left'), stream('right'), joined, { op: 'to', id: 'to', of: 'join', topic: 'out' }],
    steps,
    stores: [],
  }
}

/** Time goes on until every earlier row has come out, whichever side moves it. */
function flushing(puts: readonly Put[]): Step[] {
  const newest = Math.max(0, ...puts.map(({ time }) => time))
  return [1000, 2000].flatMap((ahead) =>
    ['left-topic', 'right-topic'].map(
      (topic): Step => ({ do: 'put', topic, key: 'z', value: `${topic}${ahead}`, time: newest + ahead }),
    ),
  )
}

const isHeld: Held = () => (put) => put.key === null || put.value === null

const lateness: Lateness = ({ operators }) => operators.find((operator) => operator.op === 'stream-join')?.grace ?? null

function equal(join: JoinKind): Family {
  const shape: Shape = { join, emit: 'updates', symmetric: true }
  const own = { comparison: 'list', isHeld, lateness, draw: (draw: Draw) => drawCase(draw, shape) } as const
  return { name: `stream-join-${join}`, ...own, ...(join === 'inner' ? {} : { expect: updatesJoinOf }) }
}

/** The step at which Kafka Streams emits depends on the side that moves time: the run as a whole is compared. */
function asymmetric(join: JoinKind): Family {
  const shape: Shape = { join, emit: 'updates', symmetric: false }
  return {
    name: `stream-join-${join}-asymmetric`,
    comparison: 'run',
    isHeld,
    lateness,
    draw: (draw) => drawCase(draw, shape),
  }
}

function final(join: JoinKind): Family {
  const draw = (from: Draw): Omit<Case, 'operator'> => drawCase(from, { join, emit: 'final', symmetric: from.once(2) })
  return {
    name: `stream-join-${join}-final`,
    comparison: 'list',
    isHeld,
    lateness,
    draw,
    peerCase: withUpdates,
    expect: finalJoinOf,
  }
}

const late: Family = {
  name: 'stream-join-inner-late',
  comparison: 'list',
  isHeld,
  draw: (draw) => drawCase(draw, { join: 'inner', emit: 'updates', symmetric: false }),
  expect: openPairsOf,
}

const outside: readonly JoinKind[] = ['left', 'right', 'outer']

export const joinFamilies: readonly Family[] = [
  equal('inner'),
  late,
  ...outside.map(equal),
  ...outside.map(asymmetric),
  ...outside.map(final),
]
