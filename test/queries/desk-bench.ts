/** A desk over the state that a driven topology left: what workers would answer, without Kafka and network. */

import { bytes, compile, nullable, type Topology } from '../../src/index.ts'
import { answer } from '../../src/queries/answer.ts'
import type { Answer, AskElsewhere } from '../../src/queries/answers.ts'
import { Desk } from '../../src/queries/desk.ts'
import { readQuestion } from '../../src/queries/question.ts'
import { planTasks } from '../../src/runtime/plan.ts'
import type { SeenStore, StateReader } from '../../src/runtime/state-reader.ts'
import { memory } from '../../src/state/memory/backend.ts'
import { type AnyStore, layouts, openStore } from '../../src/state/open.ts'
import type { Rows, StateBackend } from '../../src/state/rows.ts'
import { UndoLog } from '../../src/state/undo.ts'
import type { Flow } from '../../src/testing/index.ts'
import type { GraphStore, SubTopology } from '../../src/topology/graph.ts'

export interface DeskOptions {
  /** Event time of the operators, as committed. */
  readonly time?: number
  readonly partitions?: number
  readonly elsewhere?: AskElsewhere
  /** Of a server; without it the desk stands alone. */
  readonly reader?: StateReader
  /** Where rows are kept. */
  readonly backend?: StateBackend
}

export interface DeskBench {
  readonly desk: Desk
  /** The store of a task, to be written to. */
  store(name: string, partition?: number): AnyStore
  /** While it is false nothing can be asked of the tasks. */
  ready: boolean
  /** Of an active copy there is none. */
  role: SeenStore['role']
  ask(target: string, isPeer?: boolean): Promise<Answer>
}

/** Opens the stores of the partitions given, 0 if none is said. */
export function deskOf(built: Topology, options: DeskOptions = {}, partitionsHere: readonly number[] = [0]): DeskBench {
  const { time = -1, partitions = 1, reader = new Desk('http://here:1'), backend = memory() } = options
  const graph = compile(built)
  const plan = planTasks(graph, new Map(graph.inputs.map(({ name }) => [name, partitions])))
  const desk = reader as Desk
  desk.begin(graph, plan)
  const stores = new Map<string, AnyStore>()
  const bench: DeskBench = {
    desk,
    ready: true,
    role: 'active',
    store: (name, partition = 0) => stores.get(`${name}/${partition}`)!,
    ask: (target, isPeer = false) =>
      answer({ desk, isPeer, elsewhere: options.elsewhere ?? nowhere }, readQuestion(target, false)),
  }
  const rowsOf = ({ task, store }: SeenStore): Rows =>
    backend.open({ app: graph.app, task, store: store.name, layout: layouts[store.store.kind] })
  const open = (subTopology: SubTopology, store: GraphStore, partition: number): void => {
    const seen: SeenStore = {
      task: `${subTopology.name}-${partition}`,
      partition,
      store,
      get role() {
        return bench.role
      },
      isReady: () => bench.ready,
      lag: () => (bench.role === 'standby' ? 7 : 0),
      time: () => time,
    }
    const rows: Rows = desk.open(seen, rowsOf(seen))
    stores.set(`${store.name}/${partition}`, openStore(store.name, store.store, rows, new UndoLog()))
  }
  for (const each of graph.subTopologies) {
    for (const store of each.stores) for (const partition of partitionsHere) open(each, store, partition)
  }
  return bench
}

const nowhere: AskElsewhere = () => Promise.reject(new Error('nobody else was to be asked'))

const stored = { key: bytes, value: nullable(bytes) }

/** As `deskOf`, with the rows that a flow of one partition has in its changelogs. */
export function deskAfter(built: Topology, flow: Flow, options: DeskOptions = {}): DeskBench {
  const bench = deskOf(built, options)
  for (const { name, changelog } of compile(built).subTopologies.flatMap(({ stores }) => stores)) {
    const records = flow.take({ name: changelog, ...stored })
    const store = bench.store(name)
    for (const { key, value, time } of records) {
      store.restore(Buffer.from(key), value === null ? null : Buffer.from(value), time)
    }
    store.restored(records.length)
  }
  return bench
}

/** What a store's flush and commit would do. */
export function commit(store: AnyStore, position: number): void {
  store.flush(() => undefined)
  store.commit(position)
}
