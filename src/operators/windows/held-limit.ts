/** What happens when more is held back than may be. */
import { MillraceError } from '../../faults.ts'
import type { SuppressNode } from '../../topology/nodes/tables.ts'
import type { Site } from '../site.ts'
import { orderedStore } from '../stores.ts'
import { HeldCount } from './held-count.ts'
import type { WindowRow, WindowRows } from './window-rows.ts'

export class HeldLimit {
  private readonly site: Site<SuppressNode>
  private readonly rows: WindowRows
  private readonly count: HeldCount
  private readonly limit: number

  constructor(site: Site<SuppressNode>, rows: WindowRows) {
    const { node, environment } = site
    this.site = site
    this.rows = rows
    this.count = new HeldCount(orderedStore(environment, node.name), environment.undo)
    // Rows are in the store in any case: to spill is to go on.
    this.limit = node.maxRows === null || node.whenFull === 'spill' ? Number.POSITIVE_INFINITY : node.maxRows
  }

  /** So many rows are held that were not, or were and are no longer. */
  changed(rows: number): void {
    if (this.limit !== Number.POSITIVE_INFINITY) this.count.add(rows)
  }

  /**
   * The rows that must go early, oldest first.
   * @throws MillraceError MR3009 where the author wants it to stop instead
   */
  *excess(): Iterable<WindowRow> {
    const { name, whenFull } = this.site.node
    if (this.limit === Number.POSITIVE_INFINITY || this.count.value <= this.limit) return
    if (whenFull === 'stop') throw full(name, this.limit)
    for (const row of this.rows.ended(-1, Number.POSITIVE_INFINITY)) {
      if (this.count.value <= this.limit) return
      yield row
    }
  }

  forget(): void {
    this.count.forget()
  }
}

function full(name: string, limit: number): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR3009',
    what: `suppress ${name} holds more than ${limit} rows back`,
    why: `it was told to stop then: { whenFull: 'stop' }`,
    fix: `raise maxRows, or choose { whenFull: 'emit' }`,
  })
}
