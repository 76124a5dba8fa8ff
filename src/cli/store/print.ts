/** Rows of stores on stdout: as a table, as one JSON value, or as a line of JSON each. */
import type { GetAnswer, RowJson, RowsAnswer, StoresAnswer } from '../../queries/index.ts'
import { safeJson } from '../print/safe-json.ts'
import { printTable } from '../print/table.ts'

export type StoreOutput = 'table' | 'json' | 'ndjson'

export const schemaVersion = 1

export function printStores({ app, stores }: StoresAnswer, output: StoreOutput): void {
  if (output === 'json') console.log(safeJson({ schemaVersion, app, stores }))
  if (output === 'ndjson') for (const store of stores) console.log(safeJson(store))
  if (output !== 'table') return
  const rows = stores.map(({ name, kind, reads, key, value, tasks }) => {
    const placed = tasks.filter(({ address }) => address !== null).length
    return [name, kind, reads.join(' '), `${key} -> ${value}`, `${placed}/${tasks.length}`]
  })
  printTable(['store', 'kind', 'can be asked', 'rows', 'tasks'], rows)
}

export function printGet({ row, ...answer }: GetAnswer, output: StoreOutput): void {
  if (output !== 'table') {
    console.log(safeJson({ schemaVersion, ...answer, row }))
    return
  }
  printTable(headOf(row as RowJson), [cellsOf(row as RowJson)])
  console.error(`${answer.task}, ${answer.role}, position ${answer.position}, lag ${answer.lag}`)
}

export interface PrintedRows {
  readonly store: string
  readonly limit: number
  readonly output: StoreOutput
}

/** Rows are printed as they come, but for a JSON value and a table, which are one thing. */
export async function printRows(
  pages: AsyncIterable<RowsAnswer>,
  { store, limit, output }: PrintedRows,
): Promise<void> {
  const kept: RowJson[] = []
  let count = 0
  let isComplete = true
  for await (const { rows, cursor } of pages) {
    isComplete = cursor === null && rows.length <= limit - count
    for (const row of (rows as readonly RowJson[]).slice(0, limit - count)) {
      count++
      if (output === 'ndjson') console.log(safeJson(row))
      else kept.push(row)
    }
    if (count >= limit) break
  }
  if (output === 'json') console.log(safeJson({ schemaVersion, store, complete: isComplete, rows: kept }))
  if (output === 'table') printTable(headOf(kept[0]), kept.map(cellsOf))
  if (!isComplete && output !== 'json') console.error(`the first ${count} rows; --limit 0 shows all`)
}

function headOf(row: RowJson | undefined): string[] {
  return ['key', ...(row?.window ? ['from', 'to'] : row?.valid ? ['valid from'] : []), 'value', 'time']
}

function cellsOf({ key, window, valid, value, time }: RowJson): string[] {
  const span = window ? [String(window.start), String(window.end)] : valid ? [String(valid.from)] : []
  return [cell(key), ...span, cell(value), time]
}

function cell(value: unknown): string {
  return typeof value === 'string' ? value : safeJson(value)
}
