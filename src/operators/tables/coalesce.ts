/** At most one update of a row per commit: the latest one. */
import type { Window } from '../../record.ts'
import type { Row } from '../../state/store.ts'
import type { Undoable } from '../../state/undo.ts'
import type { CoalesceNode } from '../../topology/nodes/tables.ts'
import { emitRow } from '../emission.ts'
import { KeyBytes } from '../key-bytes.ts'
import type { Forward, Operator, TableView } from '../operator.ts'
import type { Site } from '../site.ts'
import { withoutCause } from '../without-cause.ts'
import { viewThrough } from './view-through.ts'

interface Held {
  readonly key: unknown
  readonly value: unknown
  readonly time: number
  readonly window: Window | null
  /** What those behind have seen last. */
  readonly before: Row | undefined
}

/** Holds updates for the open transaction only: what an abort takes back is read again. */
export class Coalesce implements Operator, Undoable {
  readonly receive: Forward
  readonly view: TableView
  readonly hold = 0
  private readonly site: Site<CoalesceNode>
  private readonly keys: KeyBytes
  private inHand: Row | undefined
  /** By key, in the order in which they were changed first. */
  private readonly held = new Map<string, Held>()

  constructor(site: Site<CoalesceNode>) {
    this.site = site
    this.keys = new KeyBytes(site.node.keySerde, 'coalesce')
    this.receive = (key, value, time, window) => {
      this.take(key, { key, value, time, window, before: site.view(0).replaced?.(key) })
    }
    this.view = viewThrough(() => site.view(0), { get: (key) => site.view(0).get(key), replaced: () => this.inHand })
  }

  beforeCommit(): void {
    const rows = [...this.held.values()]
    this.held.clear()
    withoutCause(this.site.environment.context, () => {
      for (const { window, before, ...row } of rows) {
        this.inHand = before
        emitRow(this.site, row, window)
      }
    })
    this.inHand = undefined
  }

  /** The transaction was aborted, or nothing was done yet. */
  restoreTime(): void {
    this.held.clear()
  }

  undo(token: unknown, before: unknown): void {
    if (before === undefined) this.held.delete(token as string)
    else this.held.set(token as string, before as Held)
  }

  private take(key: unknown, update: Held): void {
    const { environment } = this.site
    const token = this.keys.encode(key).toString('latin1')
    const held = this.held.get(token)
    environment.undo.note(this, token, held, null)
    this.held.set(token, held === undefined ? update : { ...update, before: held.before })
  }
}
