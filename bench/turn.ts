/** Who takes part in a work, and what one turn of one of them showed. */

/** A system as it takes part: the same one may do so several times, with other settings. */
export interface Contestant {
  /** `millrace`, or the name of a peer. */
  readonly system: string
  readonly version: string
  /** Ours: `fast-json` or `json-parse`, where a work has state with `memory` or `lmdb` behind it. */
  readonly variant: string
  readonly threads: number
}

/** What one turn showed. */
export interface Turn {
  readonly records: number
  /** From the first record taken to the last commit acknowledged. */
  readonly seconds: number
  /** Of the whole process, from its start to its end, all threads. */
  readonly cpuSeconds: number
  readonly peakRssBytes: number
  /** Where latency is the work. */
  readonly latency?: Latency
}

/** From a record's production to its arrival, milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
}

/** The turns of one contestant in the order of the rounds. */
export interface Entry {
  readonly contestant: Contestant
  readonly turns: readonly Turn[]
}

/**
 * @example nameOf({ system: 'flink', variant: 'json-parse', version: '2.2.0', threads: 2 }) // 'flink json-parse, 2 threads'
 */
export function nameOf({ system, variant, threads }: Contestant): string {
  return `${system} ${variant}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}
