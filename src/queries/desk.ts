/** What a thread knows of state: the stores of its own tasks, and where those of others can be asked. */
import type { Plan } from '../runtime/plan.ts'
import type { SeenStore, StateReader } from '../runtime/state-reader.ts'
import type { Rows } from '../state/rows.ts'
import type { Graph } from '../topology/graph.ts'
import { type Catalog, type CatalogStore, catalogOf, taskOf } from './catalog.ts'
import { type HeldStore, HeldStores } from './held.ts'
import { moving, Refusal } from './refusal.ts'
import { SeenRows } from './seen-rows.ts'

/** Whom to ask for a partition of a store. */
export type Place =
  | { readonly kind: 'here'; readonly held: HeldStore }
  | { readonly kind: 'there'; readonly address: string; readonly task: string }

export interface PlaceOptions {
  readonly standbyOk: boolean
  /** Another worker asks already: it is not sent on. */
  readonly isPeer: boolean
}

export class Desk implements StateReader {
  readonly address: string
  readonly held: HeldStores = new HeldStores()
  app = ''
  private catalog: Catalog = new Map()
  private addresses: ReadonlyMap<string, string> = new Map()

  constructor(address: string) {
    this.address = address
  }

  begin(graph: Graph, plan: Plan): void {
    this.app = graph.app
    this.catalog = catalogOf(graph, plan)
  }

  open(seen: SeenStore, rows: Rows): Rows {
    const { layout } = this.catalog.get(seen.store.name)!
    const seenRows: SeenRows = new SeenRows(rows, seen.isReady, () => this.held.remove(held))
    const held: HeldStore = { seen, layout, rows: seenRows }
    this.held.add(held)
    return seenRows
  }

  placed(addresses: ReadonlyMap<string, string>): void {
    this.addresses = addresses
  }

  get stores(): Iterable<CatalogStore> {
    return this.catalog.values()
  }

  /** Where a task can be asked, as far as is known here. */
  addressOf(task: string): string | null {
    return this.addresses.get(task) ?? null
  }

  /** @throws Refusal 503 before the worker knows its stores, 404 for none of them */
  store(name: string): CatalogStore {
    if (this.app === '') throw new Refusal(503, 'The worker is starting', { fix: 'Ask again in a moment' })
    const found = this.catalog.get(name)
    if (found !== undefined) return found
    throw new Refusal(404, `The topology ${this.app} has no store ${name}`, { fix: 'GET /stores lists them' })
  }

  /** @throws Refusal 503 while nobody can be asked */
  place(store: CatalogStore, partition: number, { standbyOk, isPeer }: PlaceOptions): Place {
    const task = taskOf(store, partition)
    const held = this.held.find(store.name, partition, standbyOk)
    if (held?.seen.isReady()) return { kind: 'here', held }
    if (held !== undefined && held.seen.role === 'active') throw moving(task, 'its state is being restored')
    const address = this.addressOf(task)
    if (isPeer) throw moving(task, 'the worker that was said to have it has not')
    if (address === null) throw moving(task, 'no worker that answers questions has it')
    if (address === this.address) throw moving(task, 'its state is being restored')
    return { kind: 'there', address, task }
  }
}
