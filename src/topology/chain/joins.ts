/** Steps that join streams and tables. */

import { policiesOf } from '../fold.ts'
import type { StepOptions } from '../handler.ts'
import { type ForeignKeySettings, foreignKeyNodes } from '../joins/foreign-key.ts'
import { type LookupSettings, lookupNode } from '../joins/lookup.ts'
import { type PairSettings, streamJoinNode } from '../joins/pairs.ts'
import type { Joiner } from '../nodes/base.ts'
import type { JoinKind, StreamJoinNode } from '../nodes/joins.ts'
import type { Handler } from '../nodes.ts'
import type { StreamHost, TableHost, TableSteps } from './host.ts'
import { keySerdeOf } from './key-of.ts'

type WithTable = [table: TableHost, joiner: Joiner, options?: LookupSettings]
type WithStream = [name: string, other: StreamHost, joiner: Joiner, options: PairSettings]
type JoinArguments = WithTable | WithStream

const isWithStream = (given: JoinArguments): given is WithStream => typeof given[0] === 'string'

function tableOrStream(join: 'inner' | 'left'): (this: StreamHost, ...given: JoinArguments) => StreamHost {
  return function (...given) {
    return isWithStream(given) ? pairs(this, join, given) : besideRows(this, join, given)
  }
}

function streamsOnly(join: 'right' | 'outer'): (this: StreamHost, ...given: WithStream) => StreamHost {
  return function (...given) {
    return pairs(this, join, given)
  }
}

function pairs(left: StreamHost, join: JoinKind, [name, right, joiner, options]: WithStream): StreamHost {
  const keySerde = keySerdeOf(`join ${name}`, left)
  keySerdeOf(`join ${name}`, right)
  const node = streamJoinNode({ name, join, joiner, keySerde, inputs: [left.node, right.node] }, options)
  const results = (emit: StreamJoinNode['emit'], also?: object): StreamHost =>
    left.makeLate({ ...node, emit }, keySerde, also)
  return join === 'inner' ? results('final') : results('final', { updates: () => results('updates') })
}

function besideRows(stream: StreamHost, join: 'inner' | 'left', [table, joiner, options]: WithTable): StreamHost {
  const keySerde = keySerdeOf('join', stream)
  return stream.makeStream(lookupNode({ join, joiner, keySerde, stream: stream.node }, table, options), keySerde)
}

function rows(join: JoinKind): (this: TableHost, other: TableHost, joiner: Joiner, options?: StepOptions) => TableHost {
  return function (other, joiner, options) {
    const inputs = Object.freeze([this.node, other.node] as const)
    return this.makeTable({
      kind: 'table-join',
      inputs,
      copartitioned: true,
      join,
      joiner,
      ...policiesOf(options),
    })
  }
}

function byForeignKey(
  join: 'inner' | 'left',
): (
  this: TableHost,
  name: string,
  right: TableHost,
  foreignKey: Handler<unknown>,
  joiner: Joiner,
  options?: ForeignKeySettings,
) => TableHost {
  return function (name, right, foreignKey, joiner, options = {}) {
    return this.makeTable(foreignKeyNodes({ name, join, foreignKey, joiner, left: this, right }, options))
  }
}

export const joinsOfStreams: Readonly<
  Record<'join' | 'leftJoin', ReturnType<typeof tableOrStream>> &
    Record<'rightJoin' | 'outerJoin', ReturnType<typeof streamsOnly>>
> = {
  join: tableOrStream('inner'),
  leftJoin: tableOrStream('left'),
  rightJoin: streamsOnly('right'),
  outerJoin: streamsOnly('outer'),
}

export const joinsOfTables: TableSteps = {
  join: rows('inner'),
  leftJoin: rows('left'),
  rightJoin: rows('right'),
  outerJoin: rows('outer'),
  foreignKeyJoin: byForeignKey('inner'),
  leftForeignKeyJoin: byForeignKey('left'),
}
