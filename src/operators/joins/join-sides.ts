import type { JoinKind, StreamJoinNode } from '../../topology/nodes/joins.ts'

/** One side of a stream join. Milliseconds. */
export interface JoinSide {
  readonly name: 'left' | 'right'
  readonly other: 'left' | 'right'
  /** How much later a partner may be. */
  readonly reach: number
  /** How much earlier a partner may be. */
  readonly back: number
  /** A row is open while its time and this lie at or above the operator's time. */
  readonly life: number
  /** A row without a partner comes out. */
  readonly isOuter: boolean
}

const outerSides: Readonly<Record<JoinKind, Readonly<Record<JoinSide['name'], boolean>>>> = {
  inner: { left: false, right: false },
  left: { left: true, right: false },
  right: { left: false, right: true },
  outer: { left: true, right: true },
}

/** `left.time - before <= right.time <= left.time + after`, as each side sees it. */
export function sidesOf({
  join,
  before,
  after,
  grace,
}: Pick<StreamJoinNode, 'join' | 'before' | 'after' | 'grace'>): Readonly<Record<JoinSide['name'], JoinSide>> {
  const isOuter = outerSides[join]
  return {
    left: { name: 'left', other: 'right', reach: after, back: before, life: after + grace, isOuter: isOuter.left },
    right: { name: 'right', other: 'left', reach: before, back: after, life: before + grace, isOuter: isOuter.right },
  }
}
