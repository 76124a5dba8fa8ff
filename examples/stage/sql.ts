/** SQL over files: the other route to a result. */
import { DuckDBInstance } from '@duckdb/node-api'

/** A cell of a result: numbers and truth as such, all else as text. */
export type Cell = string | number | boolean | null

/**
 * Runs a query in a database of its own.
 * @example await query('SELECT count(*) FROM read_csv($flights)', { flights: 'flights.csv' }) // [[336776]]
 */
export async function query(sql: string, files: Readonly<Record<string, string>>): Promise<Cell[][]> {
  const database = await DuckDBInstance.create(':memory:')
  const connection = await database.connect()
  try {
    const found = await connection.runAndReadAll(sql, { ...files })
    return found.getRows().map((row) => row.map(cellOf))
  } finally {
    connection.closeSync()
    database.closeSync()
  }
}

function cellOf(value: unknown): Cell {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  return typeof value === 'bigint' ? Number(value) : String(value)
}
