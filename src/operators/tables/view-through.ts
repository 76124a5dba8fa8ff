import type { Row } from '../../state/store.ts'
import type { TableView } from '../operator.ts'

/** What a table makes of the rows of another. */
interface Through {
  readonly get: (key: unknown) => Row | undefined
  readonly replaced: (key: unknown) => Row | undefined
}

/** The view of a table that keeps no rows: it can tell what was replaced where the table before it can. */
export function viewThrough(before: () => TableView, { get, replaced }: Through): TableView {
  return {
    get,
    get replaced() {
      return before().replaced === undefined ? undefined : replaced
    },
    get hadRow() {
      return before().replaced === undefined ? undefined : (key: unknown) => replaced(key) !== undefined
    },
  }
}
