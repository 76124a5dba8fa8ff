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

/** What a system alone has nothing to say about. */
export const unmeasured = {
  p50Ms: null,
  p99Ms: null,
  peer: null,
  ratio: null,
  ratioMin: null,
  ratioMax: null,
  cpuRatio: null,
  rssRatio: null,
} as const satisfies Partial<Row>

/** A row in words: what a system did, or how ours stands beside a peer. */
export function describeRow(row: Row): string {
  const name = `${row.broker} ${row.work}`.padEnd(22)
  if (row.peer !== null) {
    return (
      `${name} ${row.system} is ${row.ratio} times ${row.peer} (${row.ratioMin}–${row.ratioMax}), ` +
      `with ${row.cpuRatio} of its CPU time and ${row.rssRatio} of its memory`
    )
  }
  const rate = row.recordsPerSecond.toLocaleString('en').padStart(9)
  const latency = row.p50Ms === null ? '' : `  p50 ${row.p50Ms} ms, p99 ${row.p99Ms} ms`
  return (
    `${name} ${row.system.padEnd(8)} ${rate} /s  ${row.cpuSecondsPerMillion.toFixed(2)} CPU s per million  ` +
    `${row.peakRssMb} MB${latency}  (${row.records.toLocaleString('en')}, ${row.variant}, ${row.threads} thread)`
  )
}
