/** The node that puts a row of a table beside each record of a stream. */
import type { Duration } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import { json } from '../../serde/json.ts'
import type { Serde } from '../../serde/serde.ts'
import type { TableHost } from '../chain/host.ts'
import { policiesOf } from '../fold.ts'
import type { StepOptions } from '../handler.ts'
import { lengthOf } from '../lengths.ts'
import { checkName } from '../names.ts'
import { orderedStore } from '../node-stores.ts'
import type { NodeStore } from '../nodes/base.ts'
import type { TableLookupNode } from '../nodes/joins.ts'
import type { Node } from '../nodes.ts'
import { waitingValue } from './stored.ts'

export interface LookupSettings extends StepOptions {
  readonly name?: string
  readonly grace?: Duration
  readonly value?: Serde<unknown>
}

interface Given extends Pick<TableLookupNode, 'join' | 'joiner' | 'keySerde'> {
  readonly stream: Node
}

/** Waiting records are also sorted by their time and number. */
const timeAndSequenceBytes = 12

/** @throws MillraceError MR1003 for records that would wait longer than the table remembers, or for a table that doesn't */
export function lookupNode(
  { stream, ...given }: Given,
  table: TableHost,
  options: LookupSettings = {},
): TableLookupNode {
  const { name, value = json() } = options
  const grace = options.grace === undefined ? null : lengthOf('grace', options.grace)
  if (grace !== null) checkHistory(grace, table)
  const stores =
    grace === null ? [] : [orderedStore(checkName('join', name!), waitingValue(value), timeAndSequenceBytes)]
  return {
    ...given,
    kind: 'table-lookup',
    inputs: Object.freeze([stream, table.node] as const),
    copartitioned: true,
    ...(grace !== null && { name: name! }),
    asOf: table.versioned,
    grace,
    rowSerde: value,
    stores: Object.freeze<NodeStore[]>(stores),
    ...policiesOf(options),
  }
}

function checkHistory(grace: number, { node }: TableHost): void {
  const { history = null } = node as { readonly history?: number | null }
  if (history !== null && grace <= history) return
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: 'Records of a join wait longer than the table remembers',
    why: `they wait ${grace} ms, the history is ${history === null ? 'that of no versioned table' : `${history} ms`}`,
    fix: 'make the grace shorter or the history longer',
  })
}
