import type { Window } from '../../record.ts'
import type { KeyValueStore, Row } from '../../state/store.ts'
import type { TableView } from '../operator.ts'
import type { Site } from '../site.ts'

/** Receivers that ask which row an update takes the place of. */
const asking: readonly string[] = ['table-map', 'table-join', 'coalesce']

/** Knows, while an update of a table is handed on, which row it takes the place of. */
export class Replaced {
  /** False where nobody asks: then the row need not be looked up. */
  readonly isAsked: boolean
  private readonly site: Site
  private row: Row | undefined

  constructor(site: Site) {
    this.site = site
    this.isAsked = site.graphNode.outputs.some((to) => asking.includes(site.receiver(to).node.kind))
  }

  /** Where nobody asks, the row that was there may be written over. */
  write(store: KeyValueStore, key: unknown, value: unknown, time: number): void {
    if (this.isAsked) store.put(key, value, time)
    else store.update(key, value, time)
  }

  handOn(before: Row | undefined, key: unknown, value: unknown, time: number, window: Window | null): void {
    const { forward } = this.site
    if (!this.isAsked) {
      forward(key, value, time, window)
      return
    }
    this.row = before
    try {
      forward(key, value, time, window)
    } finally {
      this.row = undefined
    }
  }

  /** A view that can also tell what was there before. */
  view<V extends TableView>(rows: V): V {
    if (!this.isAsked) return rows
    return { ...rows, replaced: () => this.row, hadRow: () => this.row !== undefined }
  }
}
