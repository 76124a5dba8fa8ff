/** What a change of a left row asks of the right side: pure, a table (`semantics.md` 3.6, KIP-213). */
import type { ForeignKeyLeftNode, Instruction } from '../../topology/nodes/joins.ts'

export interface LeftChange {
  /** Undefined: there was no row. Null: it named no right row. */
  readonly before: Uint8Array | null | undefined
  readonly after: Uint8Array | null | undefined
  /** Whether the row has a result that came out. */
  readonly isOut: boolean
}

export interface RequestTo {
  readonly foreignKey: Uint8Array | null
  readonly instruction: Instruction
}

type Rules = Pick<ForeignKeyLeftNode, 'join' | 'tombstones'>

/** In the order in which they are sent. */
export function requestsFor(rules: Rules, { before, after, isOut }: LeftChange): RequestTo[] {
  const saysNothing = rules.tombstones === 'needed' && !isOut
  if (after === undefined || (after === null && rules.join === 'inner')) {
    if (before === undefined || (before === null && rules.join === 'inner')) return []
    return [{ foreignKey: before, instruction: saysNothing ? 'delete' : 'delete-and-answer' }]
  }
  const moved = before !== undefined && before !== null && !isSame(before, after)
  const subscribed: RequestTo = { foreignKey: after, instruction: answerTo(rules, moved, isOut) }
  return moved ? [{ foreignKey: before, instruction: 'delete' }, subscribed] : [subscribed]
}

/**
 * A right row that is not there is worth an answer only where a result must come out, or go. Kafka Streams takes a result
 * for out whenever the left row moves.
 */
function answerTo({ join, tombstones }: Rules, moved: boolean, isOut: boolean): Instruction {
  if (join === 'left' || isOut) return 'answer-always'
  return tombstones === 'kafka-streams' && moved ? 'answer-always' : 'answer-if-present'
}

function isSame(one: Uint8Array, other: Uint8Array | null): boolean {
  return other !== null && Buffer.compare(one, other) === 0
}
