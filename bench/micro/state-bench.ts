/** The state and operators of a checkout, as a bench takes them: stores over rows of a backend, the graph of one task. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface MicroRow {
  readonly value: unknown
  readonly time: number
}

/** What key-value and window stores have in common, for a bench. */
interface MicroStore {
  flush(write: (key: Uint8Array, value: Uint8Array | string | null) => void): void
  commit(position?: number): void
  restore(key: Buffer, value: Buffer, time: number): void
  restored(position: number): void
}

export interface MicroWindowStore extends MicroStore {
  readonly firstStart: number
  get(start: number, key: unknown): MicroRow | undefined
  put(start: number, key: unknown, value: unknown, time: number): void
  delete(start: number, key: unknown): void
  starts(): Iterable<number>
  rows(start: number): readonly (MicroRow & { readonly key: unknown })[]
}

export interface MicroKeyValueStore extends MicroStore {
  get(key: unknown): MicroRow | undefined
  put(key: unknown, value: unknown, time: number): void
}

interface MicroUndo {
  forget(): void
}

export interface MicroGraph {
  /** One row of a store, as it comes from a changelog. */
  restore(store: string, key: Buffer, value: Buffer): void
  restored(): void
  receive(key: unknown, value: unknown, time: number): void
  commit(): void
  readonly emitted: number
}

// biome-ignore lint/suspicious/noExplicitAny: what another checkout exports is not known here
type Module = Readonly<Record<string, any>>

export interface StateBench {
  readonly undo: MicroUndo
  readonly library: Module
  store(kind: 'window'): MicroWindowStore
  store(kind: 'key-value'): MicroKeyValueStore
  decodeKey(bytes: Buffer, start: number, end: number): string
  graph(topology: unknown): MicroGraph
  close(): void
}

/** @param root a checkout of the project */
export async function loadState(root: string, state: string): Promise<StateBench> {
  const load = (path: string): Promise<Module> => import(join(root, 'src', path))
  const { openStore, layouts } = await load('state/open.ts')
  const { UndoLog } = await load('state/undo.ts')
  const { buildTaskGraph } = await load('operators/task-graph.ts')
  const { compile } = await load('topology/compile.ts')
  const library = await load('index.ts')
  const directory = mkdtempSync(join(tmpdir(), 'millrace-micro-'))
  const backend =
    state === 'lmdb'
      ? (await load('state/lmdb/index.ts')).lmdb(directory)
      : (await load('state/memory/backend.ts')).memory()
  const undo = new UndoLog()
  let opened = 0
  const stores: { close(): void }[] = []
  const open = (spec: { readonly kind: string }) => {
    const name = `store-${opened++}`
    const place = { app: 'bench', task: 'bids-0', store: name, layout: layouts[spec.kind] }
    const store = openStore(name, spec, backend.open(place), undo)
    stores.push(store)
    return store
  }
  const usual = { keepsDeleted: false, deleteRetention: Number.POSITIVE_INFINITY, indexTail: 0 }
  return {
    undo,
    library,
    store: (kind: string) => open({ ...usual, ...{ kind, key: library.text, value: library.number } }),
    decodeKey: (bytes, start, end) => library.text.decode(bytes, start, end),
    graph: (topology) => graphOf(compile(topology), { buildTaskGraph, open, undo }),
    close() {
      for (const store of stores) store.close()
      rmSync(directory, { recursive: true })
    },
  }
}

function graphOf(graph: Module, { buildTaskGraph, open, undo }: Module): MicroGraph {
  const description = graph.subTopologies[0]
  const stores = new Map<string, MicroStore>(
    description.stores.map((spec: Module) => [spec.name, open!(spec.store)] as const),
  )
  let emitted = 0
  const context = contextOf()
  const task = buildTaskGraph!(description, {
    app: 'bench',
    context,
    undo,
    counters: { filtered: 0, late: 0, out: 0 },
    store: (name: string) => stores.get(name),
    globalTable: () => ({ get: () => undefined }),
    emitSink: () => emitted++,
    emitRepartition: () => emitted++,
    rowFailed: (error: unknown) => {
      throw error
    },
    lateLetter: () => undefined,
  })
  return {
    get emitted() {
      return emitted
    },
    restore: (store, key, value) => stores.get(store)!.restore(key, value, 0),
    restored() {
      for (const store of stores.values()) store.restored(0)
    },
    receive(key, value, time) {
      context.topic = 'bids'
      context.raisesTime = true
      context.key = key
      context.time = time
      task.receive(0, key, value, time)
      undo.forget()
    },
    commit() {
      task.beforeCommit()
      for (const store of stores.values()) store.flush(() => undefined)
      for (const store of stores.values()) store.commit()
    },
  }
}

function contextOf() {
  return {
    key: null as unknown,
    time: -1,
    window: null,
    headers: [],
    topic: 'bids',
    partition: 0,
    offset: 1,
    outOfOrderness: 0,
    raisesTime: true,
    node: -1,
  }
}
