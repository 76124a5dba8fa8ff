/** What the demo prints at its end. */
import type { Kills } from './chaos.ts'
import type { Findings } from './check.ts'
import type { OriginHour } from './flight.ts'

/** The JSON of `--json`. Its names are fixed. */
export interface DemoResult {
  readonly flights: number
  readonly cancelled: number
  readonly windows: number
  readonly counted: number
  readonly late: number
  readonly deadLetters: number
  readonly kills: number
  readonly killsInTransaction: number
  readonly verified: boolean
  readonly seconds: number
}

const worstCount = 10
/** An hour with two flights is soon the worst one. */
const fewestFlights = 10
const columns = ['origin', 'hour', 'flights', 'meanDelay', 'maxDelay'] as const

export function resultOf(
  flights: number,
  found: Findings,
  { kills, killsInTransaction }: Kills,
  seconds: number,
): DemoResult {
  const { cancelled, windows, counted, late, deadLetters, verified } = found
  return { flights, cancelled, windows, counted, late, deadLetters, kills, killsInTransaction, verified, seconds }
}

/** The ten hours with the longest mean delay, and the summary, as text. */
export function report(result: DemoResult, rows: readonly OriginHour[], peakRssMegabytes: number): string {
  const number = (value: number): string => value.toLocaleString('en')
  const share = result.verified ? 'equal to SQL over the file, row by row' : 'NOT equal to SQL over the file'
  return [
    `The ${worstCount} worst hours with at least ${fewestFlights} departures`,
    '',
    ...table(worstHours(rows)),
    '',
    `${number(result.flights)} flights: ${number(result.counted)} counted in ${number(result.windows)} windows, ` +
      `${number(result.cancelled)} cancelled, ${number(result.late)} late, ${number(result.deadLetters)} dead letters`,
    ...(result.kills === 0 ? [] : [`${result.kills} kills, ${result.killsInTransaction} of them in a transaction`]),
    `${result.seconds.toFixed(1)} s, largest worker ${peakRssMegabytes} MB`,
    `verified: ${result.verified} (${share})`,
  ].join('\n')
}

function worstHours(rows: readonly OriginHour[]): OriginHour[] {
  const busy = rows.filter((row) => row.flights >= fewestFlights)
  return busy.sort((one, other) => other.meanDelay - one.meanDelay).slice(0, worstCount)
}

function table(rows: readonly OriginHour[]): string[] {
  const cells = rows.map((row) =>
    columns.map((name) => (name === 'meanDelay' ? row[name].toFixed(1) : String(row[name]))),
  )
  const lines = [[...columns], ...cells]
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  return lines.map((line) => line.map((cell, column) => pad(cell, widths[column]!, column)).join('  '))
}

/** Names to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width)
}
