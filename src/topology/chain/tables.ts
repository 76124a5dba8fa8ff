/** Steps that make tables out of streams and groups out of tables; dedupe, rankings, coalesce. */
import type { Duration } from '../../clock.ts'
import { bytes } from '../../serde/bytes.ts'
import { json } from '../../serde/json.ts'
import type { Serde } from '../../serde/serde.ts'
import { policiesOf } from '../fold.ts'
import type { StepOptions } from '../handler.ts'
import { type LateOptions, lateOf } from '../late.ts'
import { lengthOf } from '../lengths.ts'
import { orderedStore, tableStore, timeBytes } from '../node-stores.ts'
import type { DedupeNode, ToTableNode } from '../nodes/tables.ts'
import type { TableUpdates } from '../steps/tables.ts'
import { GroupedChain, type GroupOptions, regrouped } from '../tables/group.ts'
import { type RankingOptions, topNode } from '../tables/ranking.ts'
import { tableSettings } from '../tables/settings.ts'
import type { StreamHost, TableHost } from './host.ts'
import { keySerdeOf } from './key-of.ts'

type ValueOption = StepOptions & { readonly value?: Serde<unknown> }

interface DedupeRequest extends StepOptions, LateOptions {
  readonly within: Duration
  readonly grace?: Duration
  readonly by?: DedupeNode['by']
}

export const tablesOfStreams = {
  toTable(this: StreamHost, name: string, options: ValueOption & TableUpdates = {}): TableHost {
    return updatedTable(this, name, options, null)
  },

  toVersionedTable(this: StreamHost, name: string, options: ValueOption & { readonly history: Duration }): TableHost {
    return updatedTable(this, name, options, lengthOf('history', options.history))
  },

  dedupe(this: StreamHost, name: string, options: DedupeRequest): StreamHost {
    const keySerde = keySerdeOf(name, this)
    return this.makeLate({
      kind: 'dedupe',
      input: this.node,
      name,
      within: lengthOf('within', options.within),
      grace: lengthOf('grace', options.grace ?? {}),
      by: options.by ?? null,
      keySerde,
      stores: Object.freeze([orderedStore(name, bytes, timeBytes)] as const),
      ...lateOf(options),
      ...policiesOf(options),
    })
  },

  top(this: StreamHost, name: string, count: number, options: RankingOptions): StreamHost {
    const keySerde = keySerdeOf(name, this)
    return this.makeStream(topNode(this.node, { name, count, keySerde, retracts: false }, options), keySerde)
  },
}

export const tablesOfTables = {
  groupBy(this: TableHost, name: string, key: RegroupKey, options: GroupOptions = {}): GroupedChain {
    return new GroupedChain(this, regrouped(this, name, key, options))
  },

  coalesce(this: TableHost): TableHost {
    return this.makeTable({ kind: 'coalesce', input: this.node, keySerde: this.keySerde })
  },
}

type RegroupKey = Parameters<typeof regrouped>[2]

function updatedTable(
  stream: StreamHost,
  name: string,
  options: ValueOption & TableUpdates & LateOptions,
  history: number | null,
): TableHost {
  const keySerde = keySerdeOf(name, stream)
  const table = tableSettings(options, history)
  const stores = Object.freeze([tableStore(name, { key: keySerde, value: options.value ?? json() }, table)])
  const node: ToTableNode = { kind: 'to-table', input: stream.node, store: name, stores, keySerde, ...table }
  return stream.makeTable({ ...node, ...lateOf(options), ...policiesOf(options) }, keySerde)
}
