/** The one type of row that every bench reports, here and with peers. What does not apply is null. */
export interface Row {
  readonly work: string
  readonly variant: string
  readonly system: string
  readonly version: string
  readonly broker: string
  readonly threads: number
  readonly records: number
  readonly recordsPerSecond: number
  readonly cpuSecondsPerMillion: number
  readonly peakRssMb: number
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly peer: string | null
  readonly ratio: number | null
  readonly ratioMin: number | null
  readonly ratioMax: number | null
  readonly cpuRatio: number | null
  readonly rssRatio: number | null
}

/** A row in words. */
export function describeRow(row: Row): string {
  const rate = row.recordsPerSecond.toLocaleString('en')
  return (
    `${row.work.padEnd(8)} ${rate.padStart(9)} records/s  ${row.cpuSecondsPerMillion.toFixed(2)} CPU s per million  ` +
    `${row.peakRssMb} MB  (${row.records.toLocaleString('en')} records, ${row.variant}, ${row.threads} thread, ${row.broker})`
  )
}
