/** The typed client: a store is named by the stream or table whose fold keeps it, and so has its types. */
import { type Clock, type Duration, systemClock, toMilliseconds } from '../clock.ts'
import { MillraceError } from '../faults.ts'
import type { Window } from '../record.ts'
import { compile } from '../topology/compile.ts'
import type { AnyNode, Pane } from '../topology/nodes.ts'
import type { KeyedStream, Table, VersionedTable } from '../topology/stream.ts'
import type { Topology } from '../topology/topology.ts'
import type { TableQueries, VersionQueries, WindowQueries } from './client-rows.ts'
import { StoreClient } from './client-store.ts'
import { layoutOf } from './layout-of.ts'

export interface ClientOptions {
  /** Of any worker of the topology that runs with `queries`: `http://127.0.0.1:8080`. It knows whom to ask. */
  readonly url: string
  readonly token?: string
  /** How long to ask again while a task moves or is restored; default 30 seconds. */
  readonly patience?: Duration
  /** Also answers from standbys, which may lag behind. */
  readonly standbyOk?: boolean
  readonly clock?: Clock
}

export interface QueryClient {
  /**
   * The rows behind a table or a windowed fold. Take it where the fold is made: what comes after `map` keeps no rows.
   * @throws MillraceError MR4202 for what keeps no rows in this topology
   */
  store<K, V>(table: VersionedTable<K, V>): VersionQueries<K, V>
  store<K, V>(table: Table<K, V, null> | Table<K, NoInfer<V>>): TableQueries<K, V>
  store<K, S>(windows: KeyedStream<K, Pane<S>, Window>): WindowQueries<K, S>
  store<K, S>(windows: KeyedStream<K, S, Window>): WindowQueries<K, Exclude<S, null>>
}

const defaultPatience: Duration = { seconds: 30 }

/**
 * Asks workers about the state of a topology. Values come as the topology's own serdes give them.
 * @example
 * const client = queryClient(wordCount, { url: 'http://127.0.0.1:8080' })
 * for await (const { window, value } of client.store(wordsPerMinute).fetch('to')) console.log(window.start, value)
 */
export function queryClient(topology: Topology, options: ClientOptions): QueryClient {
  const { url, token = null, patience = defaultPatience, standbyOk = false, clock = systemClock } = options
  const connection = { url: checkedUrl(url), token, patience: toMilliseconds(patience), standbyOk, clock }
  const stores = new Set(compile(topology).subTopologies.flatMap((each) => each.stores.map(({ name }) => name)))
  const client = {
    store({ node }: { readonly node: AnyNode }): unknown {
      const store = node.stores?.[0]
      const layout = store && layoutOf(node, store)
      if (store === undefined || layout === undefined || layout.kind === 'rows' || !stores.has(store.name)) {
        throw rowless(topology.name, node.kind)
      }
      return new StoreClient(connection, { name: store.name, key: store.key, layout })
    },
  }
  return Object.freeze(client) as QueryClient
}

function checkedUrl(url: string): string {
  if (/^https?:\/\/[^/?#]+\/?$/.test(url)) return url.replace(/\/$/, '')
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: 'The url of a query client is not valid',
    fix: "queryClient(topology, { url: 'http://127.0.0.1:8080' })",
  })
}

function rowless(topology: string, kind: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4202',
    what: `The topology ${topology} keeps no rows under what was given, a step of kind ${kind}`,
    why: 'rows are kept by folds, table sources, toTable and toVersionedTable; steps after them keep none',
    fix: "give the stream or table that the fold itself returns: const counts = words.count('counts')",
  })
}
