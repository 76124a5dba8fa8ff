/** Which layout the rows of a store have, by what its node does with them. */

import type { RankedEntry, TableSourceNode, TopNode, ToTableNode } from '../topology/nodes/tables.ts'
import type { AggregateNode, AnyNode, NodeStore } from '../topology/nodes.ts'
import type { Counted } from '../topology/window-stores.ts'
import type { Span } from './entry.ts'
import { keyFirstLayout } from './layouts/key-first.ts'
import type { Layout } from './layouts/layout.ts'
import { plainLayout } from './layouts/plain-rows.ts'
import { tableLayout } from './layouts/table.ts'
import { timeFirstLayout } from './layouts/time-first.ts'
import { asItIs } from './layouts/values.ts'

type Shape = (node: never, store: NodeStore) => Layout

/** Of the first store of a node. */
const shapes: Readonly<Record<string, Shape>> = {
  aggregate: foldLayout,
  'table-source': sourceLayout,
  'to-table': sourceLayout,
  top: (_node: TopNode, store) => tableLayout(store, null, valuesOfRanking),
}

/**
 * The layout of a store: by its node where the store is what the node is about, else by its kind.
 * @example layoutOf(stream.node, stream.node.stores[0])
 */
export function layoutOf(node: AnyNode, store: NodeStore): Layout {
  const shape = node.stores?.[0]?.name === store.name ? shapes[node.kind] : undefined
  if (shape !== undefined) return shape(node as never, store)
  return store.kind === 'key-value' ? tableLayout(store, null) : plainLayout(store)
}

function foldLayout({ windows, ttl, show }: AggregateNode, store: NodeStore): Layout {
  const shown = show ?? asItIs
  if (windows === null || windows.kind === 'global') return tableLayout(store, ttl, shown)
  switch (windows.kind) {
    case 'tumbling':
    case 'hopping':
    case 'cumulate':
      return timeFirstLayout(store, windows, shown)
    case 'session':
      return windowed(store, shown, (rest) => {
        const end = rest.time()
        return { start: rest.time(), end }
      })
    case 'sliding':
      return windowed(store, shown, (rest) => {
        const start = rest.time()
        return { start, end: start + windows.length }
      })
    case 'count':
      return windowed(
        store,
        (counted) => shown((counted as Counted).sum),
        (_rest, counted) => spanOfCounted(counted as Counted | undefined),
      )
  }
}

/** It lies in the value: a window that is gone does not say when it was. */
function spanOfCounted(counted: Counted | undefined): Span | null {
  return counted === undefined ? null : { start: counted.start, end: counted.end }
}

type KeyFirst = Parameters<typeof keyFirstLayout>[1]

function windowed(store: NodeStore, show: KeyFirst['show'] & object, spanOf: KeyFirst['spanOf']): Layout {
  return keyFirstLayout(store, { kind: 'windows', history: null, show, spanOf })
}

function sourceLayout({ history, ttl }: TableSourceNode | ToTableNode, store: NodeStore): Layout {
  if (history === null) return tableLayout(store, ttl)
  const spanOf: KeyFirst['spanOf'] = (rest) => ({ start: rest.time(), end: null })
  return keyFirstLayout(store, { kind: 'versions', history, spanOf })
}

function valuesOfRanking(entries: unknown): unknown {
  return (entries as readonly RankedEntry[]).map(({ value }) => value)
}
