/** Keeps the rows of running tasks in sight, so that they can be compared with their changelogs. */
import { isDeletedRow, timeOfRow, valueStartOfRow } from '../../../state/row-format.ts'
import type { Rows, RowsPlace, StateBackend } from '../../../state/rows.ts'
import { topicNames } from '../../../topology/graph.ts'
import type { LiveStore, StoredRowBytes } from '../history.ts'

/**
 * A backend whose open rows can be read: one for each worker.
 * @example
 * const live = new LiveRows(memory())
 * await runWorker(topology, { state: live, kafka })
 * live.stores() // while the worker lives
 */
export class LiveRows implements StateBackend {
  readonly name: string
  readonly #backend: StateBackend
  readonly #opened: Map<Rows, RowsPlace> = new Map()

  constructor(backend: StateBackend) {
    this.name = backend.name
    this.#backend = backend
  }

  open(place: RowsPlace): Rows {
    const rows = this.#backend.open(place)
    this.#opened.set(rows, place)
    const close = rows.close.bind(rows)
    rows.close = () => {
      this.#opened.delete(rows)
      close()
    }
    return rows
  }

  stores(): LiveStore[] {
    return Array.from(this.#opened, ([rows, { app, task, store }]): LiveStore => {
      const changelog = topicNames.changelog(app, store)
      const partition = Number(task.slice(task.lastIndexOf('-') + 1))
      return { task, changelog, partition, position: rows.position, rows: rowsOf(rows) }
    })
  }
}

/** Deletions that are only remembered are no rows. */
function rowsOf(rows: Rows): StoredRowBytes[] {
  return Array.from(rows.scan(null, null), ({ key, bytes }) => ({ key: Buffer.from(key), bytes: Buffer.from(bytes) }))
    .filter(({ bytes }) => !isDeletedRow(bytes))
    .map(({ key, bytes }) => ({ key, value: bytes.subarray(valueStartOfRow(bytes)), time: timeOfRow(bytes) }))
}
