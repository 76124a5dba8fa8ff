/** All that a processor remembers: its states, its timers, and when rows expire. */
import type { ProcessNode, StateDefinition } from '../../topology/nodes/processing.ts'
import type { OperatorEnvironment } from '../operator.ts'
import { keyValueStore, orderedStore } from '../stores.ts'
import { Expiry } from './expiry.ts'
import { MapCell } from './map-handle.ts'
import { Scope } from './scope.ts'
import type { StateSite } from './state-site.ts'
import { type TimerRow, TimerRows } from './timers.ts'
import { ValueCell } from './value-handle.ts'

type Cell = ValueCell | MapCell

export class Memory {
  readonly scope: Scope
  /** By the author's names. */
  readonly handles: Readonly<Record<string, Cell>>
  /** Null without `onTimer`. */
  readonly timers: TimerRows | null
  private readonly expiry: Expiry | null

  constructor(node: ProcessNode, environment: OperatorEnvironment, now: () => number) {
    const { name, keySerde, state, onTimer } = node
    this.scope = new Scope(`process ${name}`, keySerde)
    const expires = Object.values(state).some(({ ttl }) => ttl !== null)
    this.expiry = expires ? new Expiry(orderedStore(environment, `${name}.expiry`)) : null
    this.timers = onTimer === null ? null : new TimerRows(orderedStore(environment, `${name}.timers`), this.scope)
    const site: StateSite = { scope: this.scope, keySerde, expiry: this.expiry, now }
    const cells = Object.entries(state).map(([each, definition]) => {
      return [each, cellOf(`${name}.${each}`, each, definition, environment, site)] as const
    })
    this.handles = Object.freeze(Object.fromEntries(cells))
  }

  takeDue(now: number): TimerRow | null {
    return this.timers?.takeDue(now) ?? null
  }

  takeAll(): Iterable<TimerRow> {
    return this.timers?.takeAll() ?? []
  }

  purge(now: number): void {
    this.expiry?.purge(now)
  }

  /** Bytes of every key that has state, each once, in their order. */
  keys(): readonly Buffer[] {
    const tokens = new Set<string>()
    for (const cell of Object.values(this.handles)) for (const key of cell.keys()) tokens.add(key.toString('latin1'))
    return [...tokens].sort().map((token) => Buffer.from(token, 'latin1'))
  }
}

function cellOf(
  store: string,
  name: string,
  definition: StateDefinition,
  environment: OperatorEnvironment,
  site: StateSite,
): Cell {
  return definition.kind === 'value'
    ? new ValueCell(name, definition, keyValueStore(environment, store), site)
    : new MapCell(name, definition, orderedStore(environment, store), site)
}
